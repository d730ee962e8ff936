"""What writers were told is written, and whether readers are then shown it: stale answers, counted."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Floor:
    """The least that an answer may hold: these words, acknowledged `age` seconds before it was asked."""

    words: bytes
    age: float


@dataclass
class Acknowledged:
    """One worker's record. Only the newest comment on a page is looked for, so a page that lacks an
    older one and has the newest isn't noticed: the count is, if anything, too low.

    Each worker knows what its own visitors wrote, and checks for nothing else: it knows of another's
    write too late to tell whether a read began before or after it. As a page shows all its comments,
    what others wrote since hides none of them; with several workers fewer reads are checked, and none
    wrongly."""

    checked: int = 0
    stale: int = 0
    stalest: float = 0.0
    _newest: dict[str, tuple[bytes, float]] = field(default_factory=dict)

    def wrote(self, path: str, words: bytes) -> None:
        """The site has accepted a comment with these words on this page."""
        self._newest[path] = (words, time.monotonic())

    def floor(self, path: str) -> Floor | None:
        """To be taken before the page is asked for; None where nothing was written yet."""
        words, since = self._newest.get(path, (b"", 0.0))
        return Floor(words, time.monotonic() - since) if words else None

    def check(self, floor: Floor | None, body: bytes) -> None:
        """Count the answer to a request that was sent after `floor` was taken."""
        if floor is None:
            return
        self.checked += 1
        if floor.words not in body:
            self.stale += 1
            self.stalest = max(self.stalest, floor.age)

    def reset(self) -> None:
        """Count from here on; what was written stays known."""
        self.checked, self.stale, self.stalest = 0, 0, 0.0

    def summary(self) -> dict[str, Any]:
        """Counts, and for how many seconds the worst stale answer's comment had been acknowledged."""
        return {"checked": self.checked, "stale": self.stale, "stalest": self.stalest}
