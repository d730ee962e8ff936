"""What writers were told is written, and whether readers are then shown it: stale answers, counted.

Every visitor's answers are looked through, the load's own like the sampler's, so that an answer is counted
once whoever asked for it. Each process knows of the writes that it made itself.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Write:
    """Words that the site has accepted, and the monotonic second at which it said so."""

    words: bytes
    since: float


@dataclass(frozen=True, slots=True)
class Floor:
    """The least that an answer may hold: the first `known` of the page's writes. Asked at `asked`."""

    path: str
    writes: list[Write]
    known: int
    asked: float


@dataclass
class Acknowledged:
    """One run's record, from its first write on, the warm-up's included: how long a page stays stale
    does not begin with the measurement.

    An answer that holds a page's newest words counts as fresh, so one that lacks only older ones isn't
    noticed: the count is, if anything, too low. `stalest` is for how long, in seconds, the oldest words that
    a stale answer lacked had been acknowledged when that answer was asked for: never too long, and short by
    less than the time to that page's next answer.
    """

    writes: int = 0
    checked: int = 0
    stale: int = 0
    stalest: float = 0.0
    _written: dict[str, list[Write]] = field(default_factory=dict)
    _behind: set[str] = field(default_factory=set)

    def wrote(self, path: str, words: bytes) -> None:
        """The site has accepted a comment with these words on this page."""
        self.writes += 1
        self._written.setdefault(path, []).append(Write(words, time.monotonic()))

    def floor(self, path: str) -> Floor | None:
        """To be taken right before the page is asked for; None where nothing was written yet."""
        writes = self._written.get(path)
        return Floor(path, writes, len(writes), time.monotonic()) if writes else None

    def check(self, floor: Floor | None, body: bytes, *, again: bool = False) -> bool:
        """Count the answer to a request that was sent after `floor` was taken; whether it is stale.

        again: it was asked only because the page was stale. It tells for how long, and not how often:
        counted, it would make stale answers more frequent than any reader meets them.
        """
        if floor is None:
            return False
        self.checked += not again
        missing = _missing(floor, body)
        if missing is None:
            self._behind.discard(floor.path)
            return False
        self.stale += not again
        self.stalest = max(self.stalest, floor.asked - missing.since)
        self._behind.add(floor.path)
        return True

    def summary(self) -> dict[str, Any]:
        """The counts; `still_stale` are the pages whose last answer was stale, so that `stalest` may only
        be the least it was."""
        return {
            "writes": self.writes,
            "checked": self.checked,
            "stale": self.stale,
            "stalest": self.stalest,
            "still_stale": len(self._behind),
        }


def _missing(floor: Floor, body: bytes) -> Write | None:
    """The oldest write that a stale answer lacks; None for a fresh one."""
    lacked = None
    for write in reversed(floor.writes[: floor.known]):
        if write.words in body:
            break
        lacked = write
    return lacked
