"""The flash crowd: everyone asks for one page, also at the moment it expires. Stampedes."""

from __future__ import annotations

from users import markers
from users.visitor import Visitor


class FlashCrowd(Visitor):
    def visit(self) -> None:
        path = self.ground.site.posts.ranked[0]
        self.get("page/flash", path, marker=markers.post(path))
