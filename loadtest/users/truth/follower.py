"""A reader who looks at what was written: at once, and while it is stale again and again."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

import gevent
from gevent.event import Event

from users.truth.people import Listener


class Follower:
    """One reader in a greenlet of its own, with one request at a time: what it costs is bounded.

    `pause`: seconds between two looks at stale pages; news and errands don't wait.
    """

    def __init__(self, reader: Listener, pause: float) -> None:
        self.reader = reader
        self.pause = pause
        self._news: deque[str] = deque()
        self._errands: deque[str] = deque()
        # Whether they are known to be stale; in order, the page whose last look is longest ago first.
        self._behind: dict[str, bool] = {}
        self._woken = Event()
        self._ended = False
        self._greenlet = gevent.spawn(self._run)

    def tell(self, path: str) -> None:
        """A write to this post has been acknowledged."""
        self._news.append(path)
        self._woken.set()

    def send_to(self, path: str) -> None:
        """Ask once for a page that is the writer's alone."""
        self._errands.append(path)
        self._woken.set()

    def finish(self, patience: float) -> dict[str, bool]:
        """End after the request under way. What was still to be looked at, and whether that is known to be
        stale. Raises what broke the reader."""
        self._ended = True
        self._woken.set()
        self._greenlet.join(timeout=patience)
        self.stop()
        return {**self._behind, **dict.fromkeys(self._news, False)}

    def slow_down(self, pause: float, taken_over: Mapping[str, bool]) -> None:
        """From here on only look at what was written, pages `taken_over` from another too, and with this
        pause."""
        self.pause = pause
        self._errands.clear()
        self._behind = {**taken_over, **self._behind}
        self._woken.set()

    def stop(self) -> None:
        """End at once, where nothing is under way. Raises what broke the reader."""
        self._greenlet.kill()
        self._greenlet.get()

    def _run(self) -> None:
        while not self._ended:
            if self._news:
                self._look(self._news.popleft(), again=False)
            elif self._errands:
                self.reader.pry(self._errands.popleft())
            elif self._woken.wait(self.pause if self._behind else None):
                self._woken.clear()
            else:
                path, stale = next(iter(self._behind.items()))
                self._look(path, again=stale)

    def _look(self, path: str, *, again: bool) -> None:
        reply = self.reader.look(path, again=again)
        self._behind.pop(path, None)
        # A look that failed says nothing, so the page is looked at again.
        if reply is None or reply.stale:
            self._behind[path] = again or reply is not None
