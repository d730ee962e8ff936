"""The gate every request passes: shut, it lets nobody start, and tells when the last has finished.

With it, counting starts and ends at moments when nothing is in flight, so that Locust's count can be
compared with each server's own to the single request.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import gevent
from gevent.event import Event


class Gate:
    def __init__(self) -> None:
        self._open = Event()
        self._open.set()
        self.in_flight = 0

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Wait until the gate is open; while inside, the request counts as in flight."""
        self.wait()
        self.in_flight += 1
        try:
            yield
        finally:
            self.in_flight -= 1

    def wait(self) -> None:
        """Until the gate is open."""
        self._open.wait()

    def open(self) -> None:
        self._open.set()

    def shut(self, patience: float) -> bool:
        """Let nobody start, and wait for those under way; False when `patience` seconds did not do."""
        self._open.clear()
        with gevent.Timeout(patience, exception=False):
            while self.in_flight:
                gevent.sleep(0.002)
        return not self.in_flight
