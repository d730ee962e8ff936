"""The crawler: every page of the sitemap once, in no useful order. The bad case: rarely accessed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice
from typing import ClassVar

from users import markers
from users.visitor import Ground, Visitor


class Crawler(Visitor):
    # One walk for all crawlers of a run, of which each worker makes its part: together they ask for each
    # page once.
    walks: ClassVar[dict[int, Iterator[str]]] = {}

    def visit(self) -> None:
        path = next(self._walk(self.ground))
        self.get("page/crawled", path, marker=markers.post(path))

    @classmethod
    def _walk(cls, ground: Ground) -> Iterator[str]:
        if id(ground) not in cls.walks:
            walk = cycle(ground.site.posts.ranked)
            cls.walks[id(ground)] = islice(walk, ground.worker, None, ground.workers)
        return cls.walks[id(ground)]
