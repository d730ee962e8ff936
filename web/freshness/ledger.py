"""The account that all processes share: what was acknowledged and when, and what each has counted.

Everything is in anonymous shared memory, which outlives a process that is killed. Times are of
`time.monotonic()`, one clock for all processes of a machine.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import time
from dataclasses import dataclass
from enum import IntEnum
from multiprocessing.sharedctypes import RawArray, RawValue
from typing import Any

FORK = multiprocessing.get_context("fork")

# So many acknowledgements of each key are remembered with their time.
REMEMBERED = 1024
# So many bytes of the first error are.
ERROR_BYTES = 400


class Phase(IntEnum):
    """What the workers do: as the plan says; the same without killing themselves; their last reads."""

    FULL = 0
    CALM = 1
    LAST = 2


class Tally(ctypes.Structure):
    """What one worker has counted. Only that worker writes it.

    hits: reads for which nothing was asked of the database. late: stale reads that began longer
    than the plan's bound after the acknowledgement. longest: seconds from the acknowledgement to
    the beginning of the stale read that came last after it. phase: in which it began what it does
    now. died: whether it killed itself, and after which write.
    """

    _fields_ = [
        ("reads", ctypes.c_int64),
        ("hits", ctypes.c_int64),
        ("writes", ctypes.c_int64),
        ("stale", ctypes.c_int64),
        ("late", ctypes.c_int64),
        ("errors", ctypes.c_int64),
        ("longest", ctypes.c_double),
        ("phase", ctypes.c_int),
        ("died", ctypes.c_bool),
        ("died_slot", ctypes.c_int64),
        ("died_version", ctypes.c_int64),
    ]


@dataclass(frozen=True, slots=True)
class Totals:
    """The sum of all tallies; `longest` is the greatest."""

    reads: int
    hits: int
    writes: int
    stale: int
    late: int
    errors: int
    longest: float


class Ledger:
    """Keys are numbered from 0 here: a *slot* is a key's number."""

    def __init__(self, slots: int, workers: int) -> None:
        self.slots = slots
        self._lock = FORK.Lock()
        self._acknowledged: Any = RawArray(ctypes.c_int64, slots)
        self._when: Any = RawArray(ctypes.c_double, slots * REMEMBERED)
        self._phase: Any = RawValue(ctypes.c_int, Phase.FULL)
        self._error: Any = RawArray(ctypes.c_char, ERROR_BYTES)
        self.tallies: Any = RawArray(Tally, workers)

    @property
    def phase(self) -> int:
        value: int = self._phase.value
        return value

    @phase.setter
    def phase(self, phase: Phase) -> None:
        self._phase.value = phase

    def acknowledged(self, slot: int) -> int:
        """The newest version that was acknowledged; a read that begins now must show it, or newer."""
        version: int = self._acknowledged[slot]
        return version

    def acknowledge(self, slot: int, version: int) -> None:
        """Notes that a writer was told that this version is written. One that comes after a newer
        one's changes nothing."""
        with self._lock:
            newest = self.acknowledged(slot)
            now = time.monotonic()
            for each in range(max(newest, version - REMEMBERED) + 1, version + 1):
                self._when[slot * REMEMBERED + each % REMEMBERED] = now
            self._acknowledged[slot] = max(newest, version)

    def superseded_at(self, slot: int, version: int) -> float:
        """When something newer than this version was first acknowledged. Where that is longer
        ago than is remembered, a later time, so that staleness is never overstated."""
        with self._lock:
            oldest = self.acknowledged(slot) - REMEMBERED + 1
            when: float = self._when[slot * REMEMBERED + max(version + 1, oldest) % REMEMBERED]
            return when

    def all_in(self, phase: Phase) -> bool:
        """Whether whatever the workers do now was begun in this phase."""
        return all(tally.phase == phase for tally in self.tallies)

    def note_error(self, text: str) -> None:
        """Keeps the first error's text."""
        with self._lock:
            if not self._error.value:
                self._error.value = text.encode("ascii", "replace")[: ERROR_BYTES - 1]

    @property
    def first_error(self) -> str:
        text: str = self._error.value.decode("ascii")
        return text

    def totals(self) -> Totals:
        def total(field: str) -> int:
            return sum(getattr(tally, field) for tally in self.tallies)

        counts = ("reads", "hits", "writes", "stale", "late", "errors")
        return Totals(
            **{field: total(field) for field in counts},
            longest=max(tally.longest for tally in self.tallies),
        )
