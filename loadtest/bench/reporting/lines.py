"""Everything that the report says of one variant, put together once for the page, the Markdown and the
terminal. Pure: a result in, figures out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isnan
from statistics import median
from typing import Literal

import msgspec

from bench.compare import Ratio, Row, by_service, in_both, paired, paired_cpu, ratio, rows
from bench.counters import on_path
from bench.levelling import alike
from bench.measuring.capacity import per_core
from bench.reporting.flow import Flow, flow
from bench.result import Result, Run, Truth, Variant
from bench.truth import of_all
from users.histogram import percentile

ENOUGH = 10
"""So many requests must lie beyond a percentile for it to be shown: of fewer, chance decides."""


Bound = Literal["none", "ours", "base", "both"]


class Capacity(msgspec.Struct, frozen=True):
    """What one core of each service would carry, in requests of visitors a second."""

    by_service: dict[str, float]
    bottleneck: str | None
    """The service that spends the most CPU on a request: the first one that would need a second core."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One variant over its valid runs; over all of them where none is valid, and said to be. Failures and
    what was sampled of the truth are of all runs in any case."""

    variant: Variant
    row: Row
    base: str
    """The variant that it is compared with; its own name where it is the baseline."""
    throughput: Ratio | None
    """Times the base's requests/s; None for the baseline, and where no round has both."""
    cpu: Ratio | None
    """Times the base's CPU per request."""
    levelled: bool
    """Whether the ratios of CPU are at one speed of the machine; else they are as it was booked."""
    services: dict[str, Ratio]
    """Times the base's CPU per request, service by service; {} for the baseline."""
    bound: Bound
    """Whose requests/s the load generator limited, of this variant's and its base's."""
    rate: Ratio
    """Requests/s: the rounds' geometric mean with its 95 % interval."""
    spent: Ratio
    """CPU ms per request, likewise."""
    percentiles: dict[float, float | None]
    """Latency in ms by share of requests; None where fewer than ENOUGH requests were slower."""
    per_request: dict[str, float]
    """Medians of what a request cost besides CPU."""
    truth: Truth
    """All runs' samples together."""
    flow: Flow
    capacity: Capacity
    runs: tuple[Run, ...]
    invalid: int
    """How many of the runs are INVALID."""

    @property
    def name(self) -> str:
        return self.variant.name

    @property
    def is_baseline(self) -> bool:
        return self.base == self.name


SHARES = (0.5, 0.9, 0.95, 0.99, 0.999, 0.9999)


def lines(result: Result) -> list[Line]:
    """A line for each variant that has a run, in the plan's order."""
    plan = result.plan
    by_name = {name: [r for r in result.runs if r.variant == name] for name in plan.variant_names}
    found = {row.variant: row for row in rows(result)}
    return [_line(plan.variant(name), plan.base_of(name), found, by_name) for name in found]


def _line(
    variant: Variant, base: str, found: Mapping[str, Row], by_name: Mapping[str, list[Run]]
) -> Line:
    runs, row = by_name[variant.name], found[variant.name]
    shown = [run for run in runs if run.valid] or runs
    return Line(
        variant=variant,
        row=row,
        base=base,
        throughput=_against(runs, by_name, base, requests_per_second),
        cpu=None if variant.name == base else paired_cpu(runs, _by_round(by_name, base)),
        levelled=alike(in_both(runs, _by_round(by_name, base).values())[0]),
        services=_services(runs, by_name, base),
        bound=_bound(row.at_least, base in found and found[base].at_least),
        rate=_own(shown, requests_per_second),
        spent=_own(shown, cpu_ms),
        percentiles={share: tail(row, share) for share in SHARES},
        per_request=_medians(run.per_request for run in shown),
        truth=of_all(run.load.truth for run in runs),
        flow=flow(shown),
        capacity=capacity(row.cpu_ms),
        runs=tuple(runs),
        invalid=sum(not run.valid for run in runs),
    )


def _bound(ours: bool, base: bool) -> Bound:
    if ours:
        return "both" if base else "ours"
    return "base" if base else "none"


def requests_per_second(run: Run) -> float:
    return run.load.requests_per_second


def cpu_ms(run: Run) -> float:
    return on_path(run.cpu_ms)


def _against(
    runs: Sequence[Run],
    by_name: Mapping[str, list[Run]],
    base: str,
    figure: Callable[[Run], float],
) -> Ratio | None:
    """From the rounds that are valid on both sides."""
    if runs[0].variant == base:
        return None
    valid = {run.round: run for run in by_name.get(base, []) if run.valid}
    return paired([run for run in runs if run.valid], valid, figure)


def _services(runs: Sequence[Run], by_name: Mapping[str, list[Run]], base: str) -> dict[str, Ratio]:
    if runs[0].variant == base:
        return {}
    return by_service(runs, _by_round(by_name, base))


def _by_round(by_name: Mapping[str, list[Run]], base: str) -> dict[int, Run]:
    return {run.round: run for run in by_name.get(base, [])}


def _own(runs: Sequence[Run], figure: Callable[[Run], float]) -> Ratio:
    """A figure's geometric mean over the runs; 0 where no run has any."""
    return ratio([(figure(run), 1.0) for run in runs]) or Ratio(0.0)


def tail(row: Row, share: float) -> float | None:
    """The latency in ms that this share of the requests did not exceed; None where too few did."""
    if sum(row.histogram.values()) * (1 - share) < ENOUGH - 1e-9:
        return None
    value = percentile(row.histogram, share)
    return None if isnan(value) else value


def capacity(cpu: dict[str, float]) -> Capacity:
    """From CPU ms per request."""
    known = per_core(cpu)
    return Capacity(known, min(known, key=known.__getitem__) if known else None)


def _medians(tables: Iterable[dict[str, float]]) -> dict[str, float]:
    values: dict[str, list[float]] = {}
    for table in tables:
        for name, value in table.items():
            values.setdefault(name, []).append(value)
    return {name: median(found) for name, found in sorted(values.items())}
