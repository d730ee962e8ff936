"""A sample of the things asked for, of fixed size, whose every request is looked at.

SHARDS, fixed size (Waldspurger, Park, Garthwaite, Ahmad: Efficient MRC Construction with SHARDS, FAST
'15): a thing is in the sample if the hash of its name is below a threshold, so either all requests for
it are seen or none. When there are too many, the threshold falls to the highest hash in the sample. At
a sampling rate R every request in it stands for 1/R of them, and every depth in its LRU stack for 1/R
of it. Their correction (SHARDS-adj) is made too: reads that the sample has too many or too few of are
hits of the smallest cache, since it is the few most popular things that are over- or underrepresented.

As long as there are no more things than the sample holds, R is 1 and every figure is exact.
"""

from __future__ import annotations

from collections import defaultdict
from heapq import heappop, heappush

from replay.lifetimes import Copies, Lifetimes
from replay.stack import Stack

MOST = 32_768
"""Things in the sample. The paper measures a mean error of the miss ratio below 0.01 from 8,192 on."""

HASHES = 1 << 64
DIGITS = 10


def bucket(value: int) -> int:
    """The lower edge of a bucket at most 0.1 % wide, so that a histogram is small; exact below 2,048."""
    excess = value.bit_length() - DIGITS - 1
    return value >> excess << excess if excess > 0 else value


class Thing:
    """One thing in the sample. stamp: in the stack; None when it is not kept, after a write."""

    __slots__ = ("copies", "reads", "size", "stamp")

    def __init__(self) -> None:
        self.reads = 0
        self.size = 0
        self.stamp: int | None = None
        self.copies = Copies()


class Sample:
    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self.threshold = HASHES
        self.weight = 1.0
        """What one request in the sample stands for: 1/R."""
        self.things: dict[int, Thing] = {}
        self._highest: list[int] = []  # a heap of negated hashes
        self.stack = Stack()
        self.lifetimes = Lifetimes()
        self.reads = 0
        """All that were told of, in the sample or not."""
        self.seen = 0.0
        """What those in the sample stood for when they were read."""
        self.depths: dict[int, float] = defaultdict(float)
        self.volumes: dict[int, float] = defaultdict(float)
        """Reads of what had been there before, by depth in things and in bytes."""
        self.spoiled = 0.0
        """Reads of what had been there and was ended by a write."""
        self.writes = 0.0
        """Writes to things that had been read."""

    def read(self, name: int, at: float, size: int | None) -> None:
        """name: a hash of 64 bits. size: of the whole thing in bytes; None where the answer doesn't tell."""
        self.reads += 1
        if name >= self.threshold:
            return
        weight = self.weight
        self.seen += weight
        thing = self.things.get(name)
        if thing is None:
            thing = self.things[name] = Thing()
            heappush(self._highest, -name)
        thing.reads += 1
        if size is not None:
            thing.size = size
        self.lifetimes.read(thing.copies, at, weight)
        if thing.stamp is not None:
            depth, volume, thing.stamp = self.stack.touch(thing.stamp, thing.size)
            self.depths[bucket(round(depth * weight))] += weight
            self.volumes[bucket(round(volume * weight))] += weight
            return
        if thing.reads > 1:
            self.spoiled += weight
        thing.stamp = self.stack.push(thing.size)
        if len(self.things) > self.most:
            self._shrink()

    def write(self, name: int, at: float) -> None:
        """What was known of the thing is worthless from now on."""
        thing = self.things.get(name)
        if thing is None:
            return
        self.writes += self.weight
        thing.copies.write(at)
        if thing.stamp is not None:
            self.stack.spoil(thing.stamp)
            thing.stamp = None

    def _shrink(self) -> None:
        highest = -heappop(self._highest)
        self.stack.forget(self.things.pop(highest).stamp)
        self.threshold = highest
        self.weight = HASHES / highest if highest else self.weight

    @property
    def exact(self) -> bool:
        return self.threshold == HASHES

    @property
    def distinct(self) -> float:
        """How many different things were read."""
        return len(self.things) * self.weight

    @property
    def volume(self) -> float:
        """Bytes of all of them, each once."""
        return sum(thing.size for thing in self.things.values()) * self.weight

    @property
    def once(self) -> int:
        """Things of the sample that were read once."""
        return sum(thing.reads == 1 for thing in self.things.values())
