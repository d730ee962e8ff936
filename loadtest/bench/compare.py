"""The arithmetic of a comparison. Pure: numbers in, numbers out.

A ratio is taken within each round, between runs made minutes apart, and averaged over rounds as
logarithms (so that 2x and 1/2x are equally far from 1). Its 95 % interval is Student's for that mean:
with two rounds it is wide, as it must be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import exp, log, sqrt
from statistics import fmean, median, stdev

import msgspec
from scipy.special import stdtrit

from bench import truth
from bench.counters import on_path
from bench.result import Flag, Result, Run, Truth
from users.histogram import Buckets, merged, percentile


class Ratio(msgspec.Struct, frozen=True):
    """How many times the baseline, with its 95 % interval; None where one round can't tell."""

    value: float
    low: float | None = None
    high: float | None = None

    @property
    def undecided(self) -> bool:
        """Whether the interval holds 1: no difference was seen."""
        return self.low is None or self.high is None or self.low <= 1 <= self.high


def ratio(pairs: Sequence[tuple[float, float]]) -> Ratio | None:
    """The mean of each pair's first over its second; None when there is no pair to take it from."""
    logs = [log(ours / base) for ours, base in pairs if ours > 0 and base > 0]
    if not logs:
        return None
    mean = fmean(logs)
    if len(logs) == 1:
        return Ratio(exp(mean))
    # stdtrit(df, p): the quantile of Student's distribution.
    reach = float(stdtrit(len(logs) - 1, 0.975)) * stdev(logs) / sqrt(len(logs))
    return Ratio(exp(mean), exp(mean - reach), exp(mean + reach))


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One variant over all its rounds: medians of the rounds' figures, latencies of all their requests."""

    variant: str
    rounds: int
    requests: int
    failures: int
    requests_per_second: float
    at_least: bool
    throughput: Ratio | None
    median_ms: float
    p95_ms: float
    p99_ms: float
    cpu_ms: dict[str, float]
    cpu_total_ms: float
    cpu: Ratio | None
    hit_ratios: dict[str, float]
    histogram: Buckets
    flags: tuple[Flag, ...]
    truth: Truth = Truth()


def rows(result: Result, baseline: str = "") -> list[Row]:
    """A row for each variant that has a run, in the plan's order, each beside the baseline, or (without
    one) beside what the plan compares it with."""
    by_variant = {
        name: [r for r in result.runs if r.variant == name] for name in result.plan.variant_names
    }
    by_round = {name: {run.round: run for run in runs} for name, runs in by_variant.items()}
    return [
        _row(name, runs, by_round.get(baseline or result.plan.base_of(name), {}))
        for name, runs in by_variant.items()
        if runs
    ]


def _row(name: str, runs: list[Run], base: Mapping[int, Run]) -> Row:
    histogram = merged(_buckets(run) for run in runs)
    cpu = _medians(run.cpu_ms for run in runs)
    return Row(
        variant=name,
        rounds=len(runs),
        requests=sum(run.load.requests for run in runs),
        failures=sum(run.load.failures for run in runs),
        requests_per_second=median(run.load.requests_per_second for run in runs),
        at_least=any(flag.code == "generator" for run in runs for flag in run.flags),
        throughput=paired(runs, base, lambda run: run.load.requests_per_second),
        median_ms=percentile(histogram, 0.5),
        p95_ms=percentile(histogram, 0.95),
        p99_ms=percentile(histogram, 0.99),
        cpu_ms=cpu,
        cpu_total_ms=median(on_path(run.cpu_ms) for run in runs),
        cpu=paired(runs, base, lambda run: on_path(run.cpu_ms)),
        hit_ratios=_medians(run.hit_ratios for run in runs),
        histogram=histogram,
        flags=tuple(flag for run in runs for flag in run.flags),
        truth=truth.of_all(run.load.truth for run in runs),
    )


def paired(
    runs: Iterable[Run], base: Mapping[int, Run], figure: Callable[[Run], float]
) -> Ratio | None:
    """The ratio of a figure to the baseline's, from the rounds that have both."""
    return ratio([(figure(run), figure(base[run.round])) for run in runs if run.round in base])


def _buckets(run: Run) -> Buckets:
    return {int(edge): count for edge, count in run.load.histogram_us.items()}


def _medians(tables: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """The median of each name over the tables that have it."""
    values: dict[str, list[float]] = {}
    for table in tables:
        for name, value in table.items():
            values.setdefault(name, []).append(value)
    return {name: median(found) for name, found in sorted(values.items())}
