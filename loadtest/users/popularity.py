"""Which page is asked for how often: Zipf, as the published traces of web documents have it.

The page of rank r is asked for in proportion to 1 / r**alpha. Web documents: alpha 0.60-1.03.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Popularity(Generic[T]):
    """Items in an order of popularity fixed by the seed, to be drawn from in O(log n)."""

    def __init__(self, items: Sequence[T], alpha: float, seed: int, most: int = 0) -> None:
        """most: how many of the items, the most popular, are asked for at all; 0 is all."""
        if not items:
            raise ValueError("nothing to choose from")
        # Sorted first: the same set of pages has the same order of popularity however it was learned.
        self.ranked = sorted(items, key=str)
        Random(f"popularity {seed}").shuffle(self.ranked)
        self.ranked = self.ranked[: most or None]
        self._cumulative = list(accumulate(rank**-alpha for rank in range(1, len(self.ranked) + 1)))

    def draw(self, random: Random) -> T:
        """One item, by its popularity."""
        point = random.random() * self._cumulative[-1]
        return self.ranked[bisect(self._cumulative, point, hi=len(self.ranked) - 1)]
