"""What the tour does to a stack, without one."""

from __future__ import annotations

from collections.abc import Mapping

from checks.stack import CommandError
from tour.hands import READERS, Look, Write
from tracing.way import SITE, Edge, Origin, Way

POST = "/posts/a-post/"
CACHE_STATUS = 'upstream; hit; detail="post_card*3", nginx; fwd=bypass; fwd-status=200, varnish; {}'


class FakeHands:
    """`calls` is what it was told, in order. behind: readers who don't see what was written. failing: the
    call that fails. interrupted: the one at which Ctrl-C comes."""

    def __init__(self, behind: int = 0, failing: str = "", interrupted: str = "") -> None:
        self.calls: list[str] = []
        self.toggles: dict[str, str] = {}
        self.broken = False
        self._behind = behind
        self._failing = failing
        self._interrupted = interrupted

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if name == self._failing:
            raise CommandError(f"{name} failed:\nfor a reason")
        if name == self._interrupted:
            raise KeyboardInterrupt

    def switch_beside(self, toggles: Mapping[str, str]) -> None:
        self._called("switch_beside")
        self.toggles = dict(toggles)

    def a_post(self) -> str:
        return POST

    def look(self, path: str) -> Look:
        self._called("look")
        return self._look(path, self.toggles["LAB_EDGE_PAGES"] == "on")

    def write(self, path: str) -> Write:
        self._called("write")
        return Write(
            path, 31.0, self._look(path, False), self._look(path, True), READERS, self._behind
        )

    def break_cache(self) -> None:
        self.broken = True
        self._called("break_cache")

    def mend_cache(self) -> None:
        self._called("mend_cache")
        self.broken = False

    def forget(self) -> None:
        self._called("forget")

    def _look(self, path: str, hit: bool) -> Look:
        said = "hit; ttl=86399" if hit else "fwd=miss; stored"
        edge = Edge(
            outcome="hit" if hit else "miss",
            why="a fresh copy was there" if hit else "nothing was kept under this key",
            key=f"localhost {path}",
            kept=True,
            age=1 if hit else None,
            lifetime=86_399.0,
            grace=86_400.0,
            tags=(),
            tags_cut=False,
            restarts=0,
            refreshing=False,
            seconds=0.001,
            fetching=None,
            pieces=(),
        )
        origin = None if hit else Origin(SITE, 200, "", "web-2", 1, 0.03, 0.03)
        way = Way(path, "", 200, "1795626831-1", 9000, 0.004, SITE, edge, origin, "redis", None, ())
        return Look(path, 200, 4.2, CACHE_STATUS.format(said), way)
