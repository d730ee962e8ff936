"""Photographs, made small enough for a page, and videos, made short enough for a bucket."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from PIL import Image, ImageOps

from . import sources

SIDE = 1600
SECONDS = 12


def photos(root: Path, result: Path) -> int:
    result.mkdir(parents=True, exist_ok=True)
    captions = []
    for package, pattern in sources.PHOTOS:
        stanzas = _stanzas(root / "usr/share/doc" / package / "copyright")
        for path in sorted(root.glob(pattern)):
            if path.stem in sources.DRAWN or path.is_symlink():
                continue
            name = f"{re.sub('[^a-z0-9]+', '-', path.stem.lower())}.jpg"
            with Image.open(path) as image:
                small = ImageOps.exif_transpose(image).convert("RGB")
            small.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
            small.save(result / name, "JPEG", quality=84, optimize=True)
            credit, licence = _rights(stanzas, path.name)
            captions.append(
                {"file": name, "title": _title(path.stem), "credit": credit, "licence": licence}
            )
    (result / "credits.json").write_text(json.dumps(captions, ensure_ascii=False, indent=1))
    return len(captions)


def videos(root: Path, result: Path) -> int:
    result.mkdir(parents=True, exist_ok=True)
    captions = []
    for path, title, credit, licence in sources.VIDEOS:
        name = f"{re.sub('[^a-z0-9]+', '-', title.lower())}.webm"
        _small(root / path, result / name)
        width, height, seconds = _measures(result / name)
        captions.append(
            {"file": name, "title": title, "credit": credit, "licence": licence}
            | {"width": width, "height": height, "seconds": seconds}
        )
    (result / "credits.json").write_text(json.dumps(captions, ensure_ascii=False, indent=1))
    return len(captions)


def _small(source: Path, result: Path) -> None:
    # -bitexact leaves out the muxer's random numbers: the same source gives the same bytes.
    options = [
        *("-t", str(SECONDS), "-an", "-map_metadata", "-1", "-vf", "scale='min(720,iw)':-2"),
        *("-c:v", "libvpx", "-crf", "12", "-b:v", "900k", "-g", "25", "-pix_fmt", "yuv420p"),
        *("-threads", "1", "-fflags", "+bitexact", "-flags:v", "+bitexact"),
    ]
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", str(source), *options, str(result)]
    subprocess.run(command, check=True)


def _measures(path: Path) -> tuple[int, int, float]:
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_streams", "-show_format", str(path)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    stream = found["streams"][0]
    return stream["width"], stream["height"], round(float(found["format"]["duration"]), 2)


def _stanzas(copyright_file: Path) -> list[str]:
    return copyright_file.read_text("utf-8").split("\n\n")


def _rights(stanzas: list[str], name: str) -> tuple[str, str]:
    """Who and which licence: of the stanza that names the file, else of the one for all files."""
    for wanted in (name, "*"):
        for stanza in stanzas:
            files = re.search(r"^Files:(.*?)^\S", stanza, re.MULTILINE | re.DOTALL)
            if files and any(entry.rpartition("/")[2] == wanted for entry in files[1].split()):
                return _holders(stanza), re.findall(r"^License: *(\S+)", stanza, re.MULTILINE)[0]
    raise SystemExit(f"{name}: the package's copyright file doesn't say whose it is")


def _holders(stanza: str) -> str:
    found = re.search(r"^Copyright: *(.*?)(?=^\S)", stanza, re.MULTILINE | re.DOTALL)
    words = re.sub(r"<[^>]*>|[0-9]{4}(-[0-9]{4})?[.,]?|\"", "", found[1] if found else "")
    return " ".join(words.split()).strip(" ,")


def _title(stem: str) -> str:
    return re.sub(r"[-_]+", " ", stem.split("_by_")[0]).strip().capitalize()
