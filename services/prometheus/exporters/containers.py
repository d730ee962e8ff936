"""CPU and memory by service, from the kernel's accounting of each container's control group.

`python3 -m exporters.containers`, in the host's process namespace and with its control groups
mounted read-only: no engine socket is needed, and the figures are those that the engine reports.
It must not read anybody's environment: a container is known by the command line of its processes.

(Debian's process-exporter looks through all processes: 9 % of a core at one scrape in two seconds.)
"""

import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from exporters.exposition import Exporter, Metric, Sample

# Which command line is which service. The first match wins, so the particular stands first.
SERVICES: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "exporters": r"prometheus-\w+-exporter|-m exporters\.",
        "prometheus": r"^prometheus --config",
        "varnish": r"\bvarnishd\b",
        "console": r"-m console\b",
        "nginx": r"nginx: master process",
        "web": r"\bgunicorn\b",
        "relay": r"\brelay_invalidations\b",
        "grafana": r"^grafana\b",
        "locust": r"\blocust\b",
        "redis": r"\bredis-server\b",
        "memcached": r"^memcached\b",
        "postgres": r"^postgres\b",
        "minio": r"\bminio server\b",
        "partner": r"-m partner\b",
    }.items()
}

# The group of a container: `ID`, or `docker-ID.scope` where systemd keeps the groups.
CONTAINER = re.compile(r"^(?:[a-z]+-)?([0-9a-f]{64})(?:\.scope)?$")
DEPTH = 6  # how deep containers' groups may lie: rootless engines keep them five levels down
LOOK_AGAIN = 30  # seconds between two walks through the whole tree


@dataclass
class Groups:
    """The control groups under `root`: version 1 (one tree per controller) or 2 (a single tree)."""

    root: Path

    def __post_init__(self) -> None:
        first = self.root / "cpuacct"
        self._version1 = first.is_dir()
        self._tree = first if self._version1 else self.root
        self._parents: set[Path] = set()
        self._walk_at = 0.0

    def containers(self) -> Iterator[tuple[str, Path]]:
        """Every container's id and its group."""
        if not self._parents or time.monotonic() >= self._walk_at:
            self._parents = set(_parents_of_containers(self._tree, DEPTH))
            self._walk_at = time.monotonic() + LOOK_AGAIN
        for parent in self._parents:
            for group in _folders(parent):
                if match := CONTAINER.match(group.name):
                    yield match[1], group

    def cpu_seconds(self, group: Path) -> float:
        if self._version1:
            return int((group / "cpuacct.usage").read_text()) / 1e9
        stat = dict(line.split() for line in (group / "cpu.stat").read_text().splitlines())
        return int(stat["usage_usec"]) / 1e6

    def memory_bytes(self, group: Path) -> float:
        if self._version1:
            beside = self.root / "memory" / group.relative_to(self._tree)
            return float((beside / "memory.usage_in_bytes").read_text())
        return float((group / "memory.current").read_text())

    def processes(self, group: Path) -> list[int]:
        return [int(line) for line in (group / "cgroup.procs").read_text().split()]


def _parents_of_containers(folder: Path, depth: int) -> Iterator[Path]:
    children = _folders(folder)
    if any(CONTAINER.match(child.name) for child in children):
        yield folder
    if depth > 0:
        for child in children:
            if not CONTAINER.match(child.name):
                yield from _parents_of_containers(child, depth - 1)


def _folders(folder: Path) -> list[Path]:
    try:
        return [child for child in folder.iterdir() if child.is_dir()]
    except OSError:  # gone, or not ours to look into
        return []


def service_of(command_lines: list[str]) -> str | None:
    for service, pattern in SERVICES.items():
        if any(pattern.search(line) for line in command_lines):
            return service
    return None


@dataclass
class Accountant:
    """Adds up what containers used, so that one that goes away does not turn its service's counter back."""

    groups: Groups
    proc: Path
    _lock: Lock = field(default_factory=Lock)
    _services: dict[str, str] = field(default_factory=dict)
    _last: dict[str, float] = field(default_factory=dict)
    _total: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def collect(self) -> list[Metric]:
        """One at a time: on a busy machine a scrape may overtake one that was given up."""
        with self._lock:
            return self._collect()

    def _collect(self) -> list[Metric]:
        memory: dict[str, float] = defaultdict(float)
        running: dict[str, float] = defaultdict(float)
        for container, group in self.groups.containers():
            try:
                service = self._service(container, group)
                used, held = self.groups.cpu_seconds(group), self.groups.memory_bytes(group)
            except (OSError, ValueError, KeyError):  # it ended just now
                continue
            if service:
                # What it used before it was first seen counts too: counters here begin at zero,
                # and Prometheus takes a series' first value for no increase.
                last = self._last.get(container, 0.0)
                if used < last / 2:
                    # Stopped and started it is the same container, and its group counts from zero again.
                    last = self._last[container] = 0.0
                self._total[service] += max(used - last, 0.0)  # a counter must never go back
                self._last[container] = max(used, last)
                memory[service] += held
                running[service] += 1
        return [
            _metric("cpu_seconds_total", "counter", "CPU time used.", self._total),
            _metric("memory_bytes", "gauge", "Memory held, files' cache included.", memory),
            _metric("containers", "gauge", "Containers that run.", running),
        ]

    def _service(self, container: str, group: Path) -> str | None:
        if container not in self._services:
            lines = [self._command_line(process) for process in self.groups.processes(group)]
            if (found := service_of(lines)) is None:
                return None
            self._services[container] = found
        return self._services[container]

    def _command_line(self, process: int) -> str:
        words = (self.proc / str(process) / "cmdline").read_bytes().split(b"\0")
        return b" ".join(words).decode("utf-8", "replace").strip()


def _metric(name: str, kind: str, text: str, values: Mapping[str, float]) -> Metric:
    samples = [Sample({"service": service}, value) for service, value in sorted(values.items())]
    return Metric(f"lab_service_{name}", kind, text, samples)


def main() -> None:
    root = Path("/host/cgroup")
    if not root.is_dir():
        sys.exit("mount the host's /sys/fs/cgroup at /host/cgroup, read-only")
    accountant = Accountant(Groups(root), Path("/proc"))
    Exporter(("", 9101), accountant.collect).serve_until_told_to_stop()


if __name__ == "__main__":
    main()
