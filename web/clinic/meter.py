"""What a cache costs and what it saves: its calls counted, and timed by the wall clock.

A call takes what the median of its kind takes: one that the machine interrupted for something else says
nothing about the cache, and would weigh more than all others.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from django.core.cache import BaseCache


class Metered:
    """A Django cache with the three calls that the cases make."""

    def __init__(self, cache: BaseCache) -> None:
        self._cache = cache
        self.gets = self.hits = self.sets = self.deletes = 0
        self._took: dict[str, list[float]] = {"get": [], "set": [], "delete": []}

    def get(self, key: str) -> Any:
        with self._timed("get"):
            value = self._cache.get(key)
        self.gets += 1
        self.hits += value is not None
        return value

    def set(self, key: str, value: object, timeout: int | None = None) -> None:
        with self._timed("set"):
            self._cache.set(key, value, timeout)
        self.sets += 1

    def delete(self, key: str) -> bool:
        with self._timed("delete"):
            was_there = self._cache.delete(key)
        self.deletes += 1
        return was_there

    @property
    def seconds(self) -> float:
        """Spent in all calls."""
        return sum(len(took) * median(took) for took in self._took.values() if took)

    @property
    def calls(self) -> int:
        return self.gets + self.sets + self.deletes

    @property
    def hit_ratio(self) -> float:
        """Of all look-ups, those that were answered; 0 where there were none."""
        return self.hits / self.gets if self.gets else 0.0

    def net_seconds(self, saved_by_a_hit: float) -> float:
        """What it cost more than it saved; below zero it was worth it."""
        return self.seconds - self.hits * saved_by_a_hit

    @contextmanager
    def _timed(self, call: str) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            self._took[call].append(time.perf_counter() - begun)


Cache = BaseCache | Metered


def seconds_of(compute: Callable[[], object], times: int = 15) -> float:
    """How long one computation takes, as the median of several."""

    def once() -> float:
        begun = time.perf_counter()
        compute()
        return time.perf_counter() - begun

    return median(once() for _ in range(times))
