"""The runs of a variant, second by second."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean

import msgspec

from bench.counters import on_path
from bench.result import Run, Second


class Seconds(msgspec.Struct, frozen=True):
    """One run's whole seconds."""

    round: int
    seconds: tuple[Second, ...]


class Moment(msgspec.Struct, frozen=True):
    """One second over all rounds: means, and the slowest round's percentile; None where no round knows."""

    at: int
    requests: float
    failures: float
    hit_ratio: float | None
    p99_ms: float | None
    cores: float | None


class Timeline(msgspec.Struct, frozen=True):
    """`cut`: a measurement ended within a second, which is left out: it would look like a collapse."""

    runs: tuple[Seconds, ...]
    moments: tuple[Moment, ...]
    cut: bool

    @property
    def knows_cores(self) -> bool:
        return any(moment.cores is not None for moment in self.moments)


def timeline(runs: Sequence[Run], measure: float) -> Timeline | None:
    """None where no run counted by the second, or none for a whole one.

    measure: for how many seconds visits began. Those under way then were answered later, and a run that was
    interrupted ended sooner.
    """
    kept = []
    for run in runs:
        until = min(measure, run.load.elapsed)
        if whole := tuple(second for second in run.load.seconds if second.at + 1 <= until):
            kept.append(Seconds(run.round, whole))
    if not kept:
        return None
    by_second: dict[int, list[Second]] = {}
    for each in kept:
        for second in each.seconds:
            by_second.setdefault(second.at, []).append(second)
    return Timeline(
        runs=tuple(kept),
        moments=tuple(_moment(at, found) for at, found in sorted(by_second.items())),
        cut=sum(len(run.seconds) for run in kept) < sum(len(run.load.seconds) for run in runs),
    )


def cores(second: Second) -> float | None:
    """Of the services that requests pass through; None where it was not looked."""
    return on_path(second.cpu) if second.cpu else None


def _moment(at: int, seconds: Sequence[Second]) -> Moment:
    asked = sum(second.edge_asked for second in seconds)
    return Moment(
        at=at,
        requests=fmean(second.requests for second in seconds),
        failures=fmean(second.failures for second in seconds),
        hit_ratio=sum(second.edge_hits for second in seconds) / asked if asked else None,
        p99_ms=max((s.p99_ms for s in seconds if s.p99_ms is not None), default=None),
        cores=_mean(map(cores, seconds)),
    )


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
