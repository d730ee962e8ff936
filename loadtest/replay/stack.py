"""An LRU stack (Mattson et al., 1970): how deep a thing lies is how large a cache must be to have it.

Every thing has the number of the access that touched it last, its stamp. A new stamp is always the
largest, so things lie in the order of their stamps in a list that only grows at its end, and the depth
of one is found by bisection. The list is cut into chunks, so that taking one out moves few of them and
the bytes above one are a short sum.

What a write made worthless leaves a hole: a free slot that the next thing brought in fills, in every
cache that is deep enough to have had it. Without holes whatever lay below would seem to come back to
caches that have long evicted it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from heapq import heappop, heappush

CHUNK = 512


class Stack:
    """Depths count from 1, the thing touched last. Time for an operation: O(CHUNK + things / CHUNK)."""

    def __init__(self) -> None:
        self._stamps: list[list[int]] = [[]]
        self._sizes: list[list[int]] = [[]]
        self._counts = [0]
        self._bytes = [0]
        self._firsts = [0]
        self._holes: list[int] = []  # a heap of negated stamps: the highest hole first
        self._next = 0

    def __len__(self) -> int:
        """Things and holes."""
        return sum(self._counts)

    def push(self, size: int) -> int:
        """Something new, or that was made worthless since, is touched. Returns its stamp."""
        if self._holes:
            self._take(-heappop(self._holes))
        return self._append(size)

    def touch(self, stamp: int, size: int) -> tuple[int, int, int]:
        """The thing with this stamp is touched, and is `size` bytes large from now on. Returns the depth at
        which it lay, the bytes down to there with its own, and its new stamp."""
        place = bisect_right(self._firsts, stamp) - 1
        stamps = self._stamps[place]
        within = bisect_left(stamps, stamp)
        depth = len(stamps) - within + sum(self._counts[place + 1 :])
        volume = sum(self._sizes[place][within:]) + sum(self._bytes[place + 1 :])
        if self._holes and -self._holes[0] > stamp:
            # The highest hole is filled, and what lay between it and the thing stays where it was: so
            # there is a hole now where the thing was.
            self._take(-heappop(self._holes))
            heappush(self._holes, -stamp)
        else:
            self._drop(place, within)
        return depth, volume, self._append(size)

    def spoil(self, stamp: int) -> None:
        """The thing with this stamp is worthless from now on, and leaves a hole."""
        heappush(self._holes, -stamp)

    def forget(self, stamp: int | None) -> None:
        """The thing with this stamp was never there; None: one that had left a hole."""
        if stamp is not None:
            self._take(stamp)
        elif self._holes:
            self._take(-heappop(self._holes))

    def _append(self, size: int) -> int:
        stamp = self._next
        self._next += 1
        if len(self._stamps[-1]) >= CHUNK:
            if len(self._stamps) > 2 * len(self) // CHUNK + 4:
                self._pack()
            self._stamps.append([])
            self._sizes.append([])
            self._counts.append(0)
            self._bytes.append(0)
            self._firsts.append(stamp)
        self._stamps[-1].append(stamp)
        self._sizes[-1].append(size)
        self._counts[-1] += 1
        self._bytes[-1] += size
        return stamp

    def _take(self, stamp: int) -> None:
        place = bisect_right(self._firsts, stamp) - 1
        self._drop(place, bisect_left(self._stamps[place], stamp))

    def _drop(self, place: int, within: int) -> None:
        del self._stamps[place][within]
        self._bytes[place] -= self._sizes[place].pop(within)
        self._counts[place] -= 1

    def _pack(self) -> None:
        """Full chunks again, after most of the things in them were touched and went to the end."""
        stamps = [stamp for chunk in self._stamps for stamp in chunk]
        sizes = [size for chunk in self._sizes for size in chunk]
        starts = range(0, len(stamps), CHUNK)
        self._stamps = [stamps[start : start + CHUNK] for start in starts]
        self._sizes = [sizes[start : start + CHUNK] for start in starts]
        self._counts = [len(chunk) for chunk in self._stamps]
        self._bytes = [sum(chunk) for chunk in self._sizes]
        self._firsts = [chunk[0] for chunk in self._stamps]
