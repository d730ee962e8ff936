"""What the machine did while a run was measured: its clock, its memory, its disks, its processors.

What could change for a moment only is looked at every second; what is counted by the kernel is read at both
ends. Nothing here judges: `judging.machine` does.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.counters import Counters
from bench.result import Health

EVERY = 1.0
"""Seconds between two looks."""

MIB = 2**20


@dataclass(frozen=True)
class Readers:
    """Where the figures come from. `proc`: a file of /proc, None where there is none such. `free`: bytes
    that are left where a path is, None where that can't be told. The clocks in seconds."""

    proc: Callable[[str], str | None]
    free: Callable[[str], int | None]
    wall: Callable[[], float]
    steady: Callable[[], float]
    page_bytes: int


def _proc(name: str) -> str | None:
    try:
        return Path("/proc", name).read_text(encoding="utf-8")
    except OSError:
        return None


def _free(path: str) -> int | None:
    try:
        return shutil.disk_usage(path).free
    except OSError:
        return None


def this_machine() -> Readers:
    return Readers(_proc, _free, time.time, time.monotonic, os.sysconf("SC_PAGE_SIZE"))


def elsewhere() -> Readers:
    """For a stack on another machine, or in one within this: its /proc can't be read from here."""
    return Readers(lambda _: None, lambda _: None, time.time, time.monotonic, 1)


class Sampler:
    """Looks while it is entered: `with sampler: …`, then `sampler.health(spent)`.

    disks: paths; the one with least room counts.
    """

    def __init__(self, readers: Readers, disks: Iterable[str], every: float = EVERY) -> None:
        self._readers = readers
        self._disks = tuple(disks)
        self._every = every
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Sampler:
        self._available: list[float] = []
        self._room: list[float] = []
        self._drift: list[float] = []
        self._began = self._readers.steady()
        self._swapped = self._swap()
        self._stalled = self._stall()
        self.look()
        self._stopped.clear()
        self._thread = threading.Thread(target=self._run, name="health", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        if self._thread:
            self._thread.join()
        self.look()
        self._elapsed = self._readers.steady() - self._began
        self._swapped = _grown(self._swapped, self._swap())
        self._stalled = _grown(self._stalled, self._stall())

    def _run(self) -> None:
        while not self._stopped.wait(self._every):
            self.look()

    def look(self) -> None:
        """One look at all that may change for a moment."""
        readers = self._readers
        self._drift.append(readers.wall() - readers.steady())
        available = _number(readers.proc("meminfo"), r"^MemAvailable:\s+(\d+) kB$")
        if available is not None:
            self._available.append(available / 1024)
        room = [free / MIB for disk in self._disks if (free := readers.free(disk)) is not None]
        if room:
            self._room.append(min(room))

    def health(self, spent: Counters) -> Health:
        """Once it was left. spent: between both ends of the measurement."""
        stolen, foreign = processors(spent.counts)
        return Health(
            stolen_share=stolen,
            foreign_share=foreign,
            clock_jump_seconds=max(self._drift) - min(self._drift),
            memory_available_mib=min(self._available, default=None),
            swapped_mib=None
            if self._swapped is None
            else self._swapped * self._readers.page_bytes / MIB,
            memory_stall_share=_share(self._stalled, 1e6 * self._elapsed),
            disk_free_mib=min(self._room, default=None),
            throttled_seconds=spent.counts.get("throttled.us", 0) / 1e6,
            restarted=spent.counts.get("containers.started_ms", 0) != 0,
        )

    def _swap(self) -> float | None:
        """Pages that came from and went to swap since the machine's start."""
        text = self._readers.proc("vmstat")
        moved = [_number(text, rf"^{name} (\d+)$") for name in ("pswpin", "pswpout")]
        return None if None in moved else sum(pages for pages in moved if pages)

    def _stall(self) -> float | None:
        """Microseconds in which something waited for memory (PSI; kernels without it have no such file)."""
        return _number(self._readers.proc("pressure/memory"), r"^some .*\btotal=(\d+)$")


def processors(counts: Mapping[str, int]) -> tuple[float | None, float | None]:
    """Shares of the machine's CPU time that were stolen, and used by what has nothing to do with the run."""
    whole = counts.get("machine.all_ms", 0)
    if whole <= 0:
        return None, None
    # A process that nobody waited for takes its time with it.
    others = max(0, counts["machine.others_ms"])
    return counts["machine.stolen_ms"] / whole, others / whole


def _number(text: str | None, pattern: str) -> float | None:
    found = re.search(pattern, text or "", re.MULTILINE)
    return float(found[1]) if found else None


def _grown(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else max(0.0, after - before)


def _share(part: float | None, whole: float) -> float | None:
    return None if part is None or whole <= 0 else part / whole
