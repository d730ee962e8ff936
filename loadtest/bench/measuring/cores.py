"""Cores that each service used, second by second, while a run was measured.

Read from the containers' control groups, which the kernel of this machine shows as files: the engine is not
asked, since answering would disturb what is measured. Where the files can't be read, as on Docker Desktop or
with an engine across a network, nothing is told.

How far its seconds are the load's: counting begins when the snapshot before the measurement has been taken,
right before the load is told to go ahead. The load's second 0 begins when that has come through to its
processes, so each second here begins earlier than the load's by as long as that takes, and a share as large
of its CPU is the neighbouring second's. A look that comes late shifts nothing, for what lies between two
looks is interpolated; but the kernel itself books a running process' time at its ticks and switches only.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import msgspec
import numpy as np

from bench.counters import Counters
from bench.result import Load

EVERY = 1.0
"""Seconds between two looks."""

GROUPS = Path("/sys/fs/cgroup")
PROC = Path("/proc")


@dataclass(frozen=True)
class Readers:
    """`file`: a file's text, None where it can't be read. `steady`: a clock, in seconds."""

    file: Callable[[Path], str | None]
    steady: Callable[[], float]


def _file(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return None


def this_machine() -> Readers:
    return Readers(_file, time.monotonic)


@dataclass(frozen=True)
class Member:
    """A running container: whose replica it is, its id, and its first process on this machine."""

    service: str
    container: str
    process: int


@dataclass(frozen=True)
class Look:
    """At one moment of the steady clock: CPU seconds so far, by service."""

    at: float
    used: Mapping[str, float]


class Sampler:
    """Looks from `begin` to `end`, which `around` calls where a measurement begins and ends; whoever enters
    it is sure that it ends."""

    def __init__(self, readers: Readers, members: Iterable[Member], every: float = EVERY) -> None:
        self._readers = readers
        self._every = every
        found = [(member.service, usage_file(readers.file, member)) for member in members]
        # A sum without some of its parts would be taken for the whole.
        self._files = [(service, path) for service, path in found if path]
        if len(self._files) < len(found):
            self._files = []
        self._looks: list[Look] = []
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Sampler:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def around(self, snapshot: Callable[[bool], Counters]) -> Callable[[bool], Counters]:
        """The snapshot for both ends of a measurement (bench.load.Snapshot), with looks in between."""

        def taken(ending: bool) -> Counters:
            if ending:
                self.end()
            counters = snapshot(ending)
            if not ending:
                self.begin()
            return counters

        return taken

    def begin(self) -> None:
        if not self._files:
            return
        self._began = self._readers.steady()
        self.look(self._began)
        self._thread = threading.Thread(target=self._run, name="cores", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """No more looks, after a last one."""
        if self._thread:
            self._stop()
            self.look()

    def _stop(self) -> None:
        self._stopped.set()
        if self._thread:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        for number in count(1):
            due = self._began + number * self._every
            if self._stopped.wait(max(0.0, due - self._readers.steady())):
                return
            self.look()

    def look(self, at: float | None = None) -> None:
        """At all of them, or none: one that has ended took its time with it."""
        at = self._readers.steady() if at is None else at
        used: dict[str, float] = defaultdict(float)
        for service, path in self._files:
            spent = cpu_seconds(self._readers.file(path))
            if spent is None:
                return
            used[service] += spent
        self._looks.append(Look(at, used))

    def filled(self, load: Load) -> Load:
        """The load, with the cores of each of its seconds that lies between the first look and the last."""
        cores = by_second(self._looks, [second.at for second in load.seconds])
        seconds = [
            msgspec.structs.replace(second, cpu=cores.get(second.at, {})) for second in load.seconds
        ]
        return msgspec.structs.replace(load, seconds=seconds)


def by_second(looks: Sequence[Look], seconds: Iterable[int]) -> dict[int, dict[str, float]]:
    """Cores by service for each second that lies whole between the looks; it begins so many seconds after
    the first of them. A second in which a counter went back, as with a container that started anew, is left
    out."""
    if not looks:
        return {}
    times = [look.at - looks[0].at for look in looks]
    within = [at for at in seconds if at + 1 <= times[-1]]
    found: dict[int, dict[str, float]] = {at: {} for at in within}
    for service in looks[0].used:
        used = [look.used[service] for look in looks]
        begins = np.interp(within, times, used)
        ends = np.interp([at + 1 for at in within], times, used)
        for at, before, after in zip(within, begins, ends, strict=True):
            found[at][service] = round(float(after - before), 4)
    return {at: cores for at, cores in found.items() if min(cores.values()) >= 0}


def usage_file(read: Callable[[Path], str | None], member: Member) -> Path | None:
    """Where the kernel says how much CPU a container has used; None where that can't be told.

    Its first process knows its group (cgroups(7)), whoever manages the groups and wherever they are: in
    version 1 that of the controller `cpuacct`, else that of version 2.
    """
    candidates: list[Path] = []
    for line in (read(PROC / str(member.process) / "cgroup") or "").splitlines():
        _, controllers, group = line.split(":", 2)
        if member.container not in group:  # the number is another process' by now
            continue
        below = group.lstrip("/")
        if "cpuacct" in controllers.split(","):
            files = [GROUPS / name / below / "cpuacct.usage" for name in ("cpuacct", controllers)]
            candidates = files + candidates
        elif not controllers:
            candidates.append(GROUPS / below / "cpu.stat")
    return next((path for path in candidates if cpu_seconds(read(path)) is not None), None)


def cpu_seconds(text: str | None) -> float | None:
    """From `cpuacct.usage` (version 1, nanoseconds) or `cpu.stat` (version 2, `usage_usec`)."""
    if text is None:
        return None
    if text.strip().isdecimal():
        return int(text) / 1e9
    stat = dict(line.split(" ", 1) for line in text.splitlines() if " " in line)
    usage = stat.get("usage_usec", "")
    return int(usage) / 1e6 if usage.isdecimal() else None
