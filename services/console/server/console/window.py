"""The last seconds of every source's figures, and what can be worked out of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from .exposition import Sample


@dataclass(frozen=True, slots=True)
class Reading:
    """One server's figures. at: seconds of a clock that only goes forward."""

    at: float
    samples: Sequence[Sample]

    def sum(self, name: str, **labels: str) -> float | None:
        """Of the samples of this name that have these labels; None where there is none."""
        found = [s.value for s in self.samples if s.name == name and _has(s, labels)]
        return sum(found) if found else None


def _has(sample: Sample, labels: dict[str, str]) -> bool:
    return all(sample.labels.get(name) == value for name, value in labels.items())


@dataclass(slots=True)
class Window:
    """One source's readings, by server: of a source with replicas there are several."""

    seconds: float
    _servers: dict[str, deque[Reading]] = field(default_factory=dict)

    def add(self, server: str, reading: Reading) -> None:
        """Forgets what has become too old, except one reading to count from."""
        readings = self._servers.setdefault(server, deque())
        if readings and readings[-1].at >= reading.at:
            return  # the same as before
        readings.append(reading)
        while len(readings) > 2 and readings[1].at <= reading.at - self.seconds:
            readings.popleft()

    def forget(self, server: str) -> None:
        """It gives no answer any more."""
        self._servers.pop(server, None)

    def keep(self, servers: Iterable[str]) -> None:
        """Forgets all servers but these: the others are gone."""
        for server in set(self._servers) - set(servers):
            del self._servers[server]

    @property
    def servers(self) -> int:
        """How many answer."""
        return len(self._servers)

    def latest(self, name: str, **labels: str) -> float | None:
        """The newest figure, summed over the servers; None where no server tells it."""
        found = [r[-1].sum(name, **labels) for r in self._servers.values()]
        told = [value for value in found if value is not None]
        return sum(told) if told else None

    def values(self, name: str, label: str) -> set[str]:
        """The values that a label of this metric has now."""
        return {
            sample.labels.get(label, "")
            for readings in self._servers.values()
            for sample in readings[-1].samples
            if sample.name == name
        }

    def rate(self, name: str, **labels: str) -> float | None:
        """A counter's growth a second over the window; None before the second reading. A counter that nobody
        has counted yet is at 0; one that went back began anew."""
        rates = [
            _growth(readings, name, labels) / (readings[-1].at - readings[0].at)
            for readings in self._servers.values()
            if len(readings) > 1
        ]
        return sum(rates) if rates else None

    def by_server(self, name: str, **labels: str) -> dict[str, float]:
        """The newest figure of each server; 0 of one that has not counted yet."""
        return {
            server: readings[-1].sum(name, **labels) or 0.0
            for server, readings in self._servers.items()
        }

    def unchanged_for(self, name: str) -> float:
        """Seconds for which a figure that should move has not; 0 before the second reading."""
        return max((_still(readings, name) for readings in self._servers.values()), default=0.0)


def _growth(readings: Iterable[Reading], name: str, labels: dict[str, str]) -> float:
    counted = (reading.sum(name, **labels) or 0.0 for reading in readings)
    return sum(step(before, after) for before, after in pairwise(counted))


def step(before: float, after: float) -> float:
    """By how much a counter has grown; one that went back began anew."""
    return after - before if after >= before else after


def _still(readings: Sequence[Reading] | deque[Reading], name: str) -> float:
    newest = readings[-1]
    since = newest.at
    for reading in reversed(readings):
        if reading.sum(name) != newest.sum(name):
            break
        since = reading.at
    return newest.at - since


def total(parts: Iterable[float | None]) -> float | None:
    """The sum; None where a part is not known."""
    found = [*parts]
    known = [part for part in found if part is not None]
    return sum(known) if found and len(known) == len(found) else None


def ratio(part: float | None, rest: float | None) -> float | None:
    """part of part + rest; None where nothing was asked."""
    whole = total((part, rest))
    return part / whole if part is not None and whole else None
