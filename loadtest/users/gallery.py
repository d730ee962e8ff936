"""The gallery visitor: photographs, thumbnails, clips. The cache in front of the bucket."""

from __future__ import annotations

from users import markers
from users.reader import Reader
from users.site import FILM, found

THUMBNAILS = 6
"""How many of an overview's thumbnails are loaded: what fits on a screen."""

FIRST_PART = {"Range": "bytes=0-262143"}
"""A player asks for the beginning and plays; few watch to the end."""


class Gallery(Reader):
    def visit(self) -> None:
        if self.random.random() < 0.7:
            self._look("photo", "/photos/", markers.PHOTOS, self.ground.site.photos)
        else:
            self._look("clip", "/clips/", markers.CLIPS, self.ground.site.clips)

    def _look(self, what: str, overview: str, marker: bytes, pages: list[str]) -> None:
        reply = self.get(f"page/{what}s", overview, marker=marker)
        if not reply:
            return
        for _ in range(THUMBNAILS):
            self.load_one(self.ground.site.assets_of(overview, reply.body))
        if pages:
            self._open(what, self.random.choice(pages))

    def _open(self, what: str, path: str) -> None:
        reply = self.get(f"page/{what}", path, marker=markers.CRUMB)
        if not reply:
            return
        self.load_one(self.ground.site.assets_of(path, reply.body))
        for film in found(FILM, reply.body)[:1]:
            made = film.startswith("/generate/")
            name = "page/generated" if made else "asset/clip"
            self.get(name, film, kind="video/", headers=FIRST_PART, accept=(200, 206))
