"""The reader: anonymous, comes for the front page, posts, tags and the wire. The ordinary gain."""

from __future__ import annotations

from users import markers
from users.visitor import Visitor

ASSETS_PER_PAGE = 1 / 3
"""A browser has most of a page's files already: one request in four is for a file."""

PAGES = {"front": 20, "post": 62, "tag": 15, "wire": 3}
"""What is asked for, in percent of page views."""

STYLES = (".css", ".js")


class Reader(Visitor):
    def visit(self) -> None:
        (page,) = self.random.choices(list(PAGES), weights=list(PAGES.values()))
        path, marker = self._choose(page)
        reply = self.get(f"page/{page}", path, marker=marker)
        if reply and self.random.random() < ASSETS_PER_PAGE:
            self.load_one(self.ground.site.assets_of(path, reply.body))

    def _choose(self, page: str) -> tuple[str, bytes]:
        """The address of such a page, and what it must hold."""
        site = self.ground.site
        if page == "post":
            path = site.posts.draw(self.random)
            return path, markers.post(path)
        if page == "tag" and site.tag_names:
            path = site.tags.draw(self.random)
            return path, markers.tag(site.tag_names[path])
        return ("/wire/", markers.WIRE) if page == "wire" else ("/", markers.FRONT)

    def load_one(self, assets: tuple[str, ...]) -> None:
        """One of a page's files, any of them."""
        if not assets:
            return
        path = self.random.choice(assets)
        if path.endswith(STYLES):
            self.get("asset/static", path, kind="text/")
        elif path.startswith("/generate/"):
            self.get("page/generated", path, kind="image/")
        else:
            self.get("asset/image", path, kind="image/")
