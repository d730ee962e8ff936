"""The runs of a variant, second by second."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean

import msgspec

from bench.result import Run, Second


class Seconds(msgspec.Struct, frozen=True):
    """One run's seconds."""

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
    runs: tuple[Seconds, ...]
    moments: tuple[Moment, ...]


def timeline(runs: Sequence[Run]) -> Timeline | None:
    """None where no run counted by the second."""
    kept = tuple(Seconds(run.round, tuple(run.load.seconds)) for run in runs if run.load.seconds)
    if not kept:
        return None
    by_second: dict[int, list[Second]] = {}
    for run in kept:
        for second in run.seconds:
            by_second.setdefault(second.at, []).append(second)
    return Timeline(kept, tuple(_moment(at, found) for at, found in sorted(by_second.items())))


def _moment(at: int, seconds: Sequence[Second]) -> Moment:
    asked = sum(second.edge_asked for second in seconds)
    return Moment(
        at=at,
        requests=fmean(second.requests for second in seconds),
        failures=fmean(second.failures for second in seconds),
        hit_ratio=sum(second.edge_hits for second in seconds) / asked if asked else None,
        p99_ms=max((s.p99_ms for s in seconds if s.p99_ms is not None), default=None),
        cores=_mean(sum(second.cpu.values()) if second.cpu else None for second in seconds),
    )


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
