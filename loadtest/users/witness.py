"""The witness: anonymous, reads the front page and posts. The reader of a mix of few writes."""

from __future__ import annotations

from users import markers
from users.visitor import Visitor

FRONT_SHARE = 0.2


class Witness(Visitor):
    def visit(self) -> None:
        if self.random.random() < FRONT_SHARE:
            self.get("page/front", "/", marker=markers.FRONT)
            return
        path = self.ground.site.posts.draw(self.random)
        self.get("page/post", path, marker=markers.post(path))
