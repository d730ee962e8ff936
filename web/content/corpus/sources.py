"""Where the corpus comes from, who made it, and under which licence (Debian's copyright files)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Work:
    """`pages`: a glob below the root, or a dictionary's name."""

    pages: str
    source: str
    credit: str
    licence: str

    def caption(self) -> dict[str, str]:
        return {"source": self.source, "credit": self.credit, "licence": self.licence}


WORKS = (
    Work(
        "usr/share/doc/debian-handbook/html/en-US/*.html",
        "The Debian Administrator's Handbook",
        "Raphaël Hertzog and Roland Mas",
        "GPL-2+ or CC-BY-SA-3.0",
    ),
    Work(
        "usr/share/doc/debian-history/docs/*.en.html",
        "A Brief History of Debian",
        "Bdale Garbee and the Debian Documentation Team",
        "GPL-2+",
    ),
    Work(
        "usr/share/doc/debian/FAQ/*.en.html",
        "The Debian GNU/Linux FAQ",
        "Software in the Public Interest",
        "Debian FAQ licence (copies and changed versions permitted)",
    ),
    Work(
        "usr/share/doc/debian-reference-common/docs/*.en.html",
        "Debian Reference",
        "Osamu Aoki",
        "GPL-2+",
    ),
    Work(
        "usr/share/developers-reference/*.html",
        "Debian Developer's Reference",
        "Raphaël Hertzog, Lucas Nussbaum, Holger Levsen and others",
        "GPL-2+",
    ),
)

DICTIONARIES = (
    Work("devil", "The Devil's Dictionary", "Ambrose Bierce", "Public domain"),
    Work("jargon", "The Jargon File 4.4.7", "The Jargon File's editors", "Public domain"),
)

# The collections that anybody may read at work.
FORTUNES = tuple(
    f"usr/share/games/fortunes/{name}"
    for name in (
        "art",
        "computers",
        "debian",
        "education",
        "linux",
        "literature",
        "platitudes",
        "science",
        "tao",
        "wisdom",
        "work",
    )
)

PHOTOS = (
    ("budgie-backgrounds", "usr/share/backgrounds/budgie/*.jpg"),
    ("lomiri-wallpapers-16.04", "usr/share/backgrounds/*_by_*.jpg"),
)
# Drawn or rendered: no photographs.
DRAWN = {"abstract-spiral", "analogpattern_by_Peter_Nerlich"}

MECAVIDEO = "usr/share/pymecavideo/data/video"
VIDEOS = tuple(
    (f"{MECAVIDEO}/{name}", title, "Benoît Markey and the PyMecaVideo authors", "CC-BY-SA-3.0")
    for name, title in (
        ("balle-jbart.mp4", "A thrown ball"),
        ("retroMars2018.avi", "Mars turns back"),
        ("Force_constante.avi", "A constant force"),
        ("Effet_force_magnetique.ogv", "A magnet bends a path"),
    )
)
