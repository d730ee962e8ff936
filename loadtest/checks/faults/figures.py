"""The arithmetic of the check: what was seen, and whether the promise held. Nothing here waits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ADDED = 0.050  # seconds that a request may take longer than without a cache, at the 99th percentile
RETURN = 10.0  # seconds after healing within which the store must be in use again
FIRST = 1.0  # seconds in which a deadline may be paid
USED = 0.5  # of the hits per second before the fault: the store is in use


@dataclass(frozen=True, slots=True)
class Sample:
    """One request. at: when it was due, on the monotonic clock; seconds: until it was answered in
    full, from when it was due; status: 0 where there was no answer; wrong: what was, or ""."""

    page: str
    at: float
    seconds: float
    status: int
    wrong: str = ""
    timed: bool = True

    @property
    def failed(self) -> bool:
        return not 200 <= self.status < 400


@dataclass(frozen=True, slots=True)
class Outcome:
    """What readers saw of one fault. Times in seconds; base: the p99 without an upstream cache;
    p99: after the first second; worst_first: of those due in it; back: None where it did not."""

    store: str
    fault: str
    requests: int
    failures: Sequence[str]
    wrong: Sequence[str]
    base: float
    p99: float
    worst_first: float
    write: float
    back: float | None

    @property
    def added(self) -> float:
        return self.p99 - self.base

    def misses(self, timing: bool = True) -> list[str]:
        """What of the promise did not hold, in words. timing: whether times are judged too."""
        found = []
        if self.failures:
            found.append(f"{len(self.failures)} requests failed, first: {self.failures[0]}")
        if self.wrong:
            found.append(f"{len(self.wrong)} pages were wrong, first: {self.wrong[0]}")
        if self.back is None or (timing and self.back > RETURN):
            after = "never while watched" if self.back is None else f"after {self.back:.0f} s"
            found.append(f"the store was in use again {after}")
        if timing and self.added > ADDED:
            most = (self.base + ADDED) * 1000
            found.append(f"p99 {self.p99 * 1000:.0f} ms, at most {most:.0f} ms is promised")
        return found


@dataclass(frozen=True, slots=True)
class Moments:
    """When a fault was asked for, was there for certain, and was healed; the monotonic clock."""

    asked: float
    there: float
    healed: float


def percentile(values: Iterable[float], share: float) -> float:
    """The nearest rank: the smallest value that `share` of all values do not exceed."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no request was made, so there is no percentile")
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def p99(samples: Iterable[Sample], begin: float = -math.inf, end: float = math.inf) -> float:
    """Seconds, of timed requests that were due within [begin, end)."""
    return percentile((s.seconds for s in samples if s.timed and begin <= s.at < end), 0.99)


def judge(
    store: str,
    fault: str,
    reads: Sequence[Sample],
    writes: Sequence[Sample],
    moments: Moments,
    base: float,
    back: float | None,
) -> Outcome:
    """The outcome of a fault. reads and writes: from before the fault until the store was back."""
    settled = moments.there + FIRST
    both = [*reads, *writes]
    first = [s.seconds for s in reads if s.timed and moments.asked <= s.at < settled]
    return Outcome(
        store,
        fault,
        len(both),
        [f"{s.page} {s.status or 'no answer'}" for s in both if s.failed],
        [f"{s.page}: {s.wrong}" for s in both if s.wrong and not s.failed],
        base,
        p99(reads, settled, moments.healed),
        max(first, default=0.0),
        max((s.seconds for s in writes), default=0.0),
        back,
    )
