"""Threads of one process that miss the same value at the same time: one goes for it, the others wait.

Without it every thread would ask the store again and again whether the value is there, and hundreds of
them would keep the processor from whoever computes it. What the one brought is not handed over: each
looks in the store by itself, for a write may have ended it since.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable


class Flights:
    """Keys that threads of this process are going for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # With the thread that goes for it.
        self._under_way: dict[str, tuple[threading.Event, int]] = {}

    def board(self, keys: Iterable[str]) -> tuple[set[str], set[str], dict[str, threading.Event]]:
        """The keys that the caller must go for, and `land` after; those that it goes for already, around
        this call, and must not wait for (nor land); and for each of the rest what tells when the thread
        that goes for it is back."""
        me = threading.get_ident()
        mine: set[str] = set()
        already: set[str] = set()
        others: dict[str, threading.Event] = {}
        with self._lock:
            for key in dict.fromkeys(keys):
                event, whose = self._under_way.get(key, (None, me))
                if event is None:
                    self._under_way[key] = threading.Event(), me
                    mine.add(key)
                elif whose == me:
                    already.add(key)
                else:
                    others[key] = event
        return mine, already, others

    def land(self, keys: Iterable[str]) -> None:
        """The caller is done with these keys, whatever came of it."""
        with self._lock:
            events = [self._under_way.pop(key)[0] for key in keys]
        for event in events:
            event.set()


FLIGHTS = Flights()


def _forget() -> None:
    # The threads that were under way are not there in a fork, and would never land.
    FLIGHTS.__init__()  # type: ignore[misc]


os.register_at_fork(after_in_child=_forget)
