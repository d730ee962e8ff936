"""Fixed lifetimes (TTL): when a thing must be fetched again, and whether an old one is shown."""

from __future__ import annotations

from math import inf

LIFETIMES = (1.0, 10.0, 60.0, 600.0, 3600.0)
"""Seconds."""

SLACK = 300.0
"""Logs are written when answers end, so a line may be a little older than the one before. A copy that was
fetched more than this *after* it is asked for comes from a line with a wrong clock, and isn't believed."""

NEVER = (-inf,) * len(LIFETIMES)


class Copies:
    """When one thing was last fetched, under each lifetime; by age alone, and where writes end it too."""

    __slots__ = ("fetched", "kept", "written")

    def __init__(self) -> None:
        self.fetched = list(NEVER)
        self.kept = self.fetched  # one and the same until the thing is first written
        self.written = -inf

    def write(self, at: float) -> None:
        self.written = at
        self.kept = list(NEVER)


class Lifetimes:
    """Misses, and stale hits, of all reads under each lifetime. Weighted: a sampled read stands for many."""

    def __init__(self) -> None:
        self.missed = [0.0] * len(LIFETIMES)
        """By age alone."""
        self.stale = [0.0] * len(LIFETIMES)
        """Of the others: the copy was fetched before the last write to the thing."""
        self.missed_when_purged = [0.0] * len(LIFETIMES)
        """By age, or because a write ended the copy."""

    def read(self, copies: Copies, at: float, weight: float) -> None:
        fetched, kept = copies.fetched, copies.kept
        for place, lifetime in enumerate(LIFETIMES):
            if -SLACK <= at - fetched[place] < lifetime:
                if fetched[place] < copies.written:
                    self.stale[place] += weight
                continue
            fetched[place] = at
            self.missed[place] += weight
            if kept is fetched:
                self.missed_when_purged[place] += weight
        if kept is fetched:
            return
        for place, lifetime in enumerate(LIFETIMES):
            if not -SLACK <= at - kept[place] < lifetime:
                kept[place] = at
                self.missed_when_purged[place] += weight
