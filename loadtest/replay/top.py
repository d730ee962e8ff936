"""The most popular things of a stream, in constant memory.

Misra and Gries (Finding repeated elements, 1982), in batches: where there are more than twice KEPT
counters, the count of the KEPTth is taken off all of them, and those that have nothing left go. A count
is at most `error` too low, and never too high.
"""

from __future__ import annotations

KEPT = 4096
LONGEST = 200
"""Bytes of a name that are kept."""


class Top:
    def __init__(self, kept: int = KEPT) -> None:
        self.kept = kept
        self.counts: dict[int, int] = {}
        self.names: dict[int, bytes] = {}
        self.error = 0

    def count(self, key: int, name: bytes) -> None:
        counts = self.counts
        if key in counts:
            counts[key] += 1
            return
        counts[key] = 1
        self.names[key] = name[:LONGEST]
        if len(counts) > 2 * self.kept:
            self._prune()

    def _prune(self) -> None:
        taken = sorted(self.counts.values(), reverse=True)[self.kept]
        self.error += taken
        self.counts = {key: count - taken for key, count in self.counts.items() if count > taken}
        self.names = {key: self.names[key] for key in self.counts}

    def most(self, number: int) -> list[tuple[bytes, int]]:
        """Names and counts, the most popular first."""
        best = sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))[:number]
        return [(self.names[key], count) for key, count in best]
