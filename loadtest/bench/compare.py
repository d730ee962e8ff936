"""A result as rows and comparisons: what stands in tables and reports. Pure.

Only valid runs are compared: a round in which either side is invalid is left out of a ratio, and said to be.
How a ratio is taken, and why so, is in `bench.ratios`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from statistics import median

import msgspec

from bench import truth
from bench.counters import PATH, on_path
from bench.judging import comparison as judging
from bench.levelling import at_one_speed
from bench.measuring.capacity import NEGLIGIBLE_MS
from bench.ratios import Ratio, ratio, spread
from bench.result import Flag, Result, Run, Truth
from users.histogram import Buckets, merged, percentile

__all__ = [
    "Comparison",
    "Ratio",
    "Row",
    "by_service",
    "compared",
    "comparisons",
    "paired",
    "ratio",
    "rows",
]


def throughput(run: Run) -> float:
    return run.load.requests_per_second


def cpu(run: Run) -> float:
    return on_path(run.cpu_ms)


def cpu_of(service: str, run: Run) -> float:
    return run.cpu_ms.get(service, 0.0)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One variant over its valid rounds: medians of the rounds' figures, latencies of all their requests.

    Where no round is valid the figures are those of all of them, and `valid` is false: they are shown for
    what they are. `requests`, `failures` and `flags` are of all rounds in any case. `left_out` are the
    rounds whose ratio to the baseline is left out, since a side of it was invalid.
    """

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
    valid_rounds: int = 0
    left_out: tuple[int, ...] = ()
    per_request: dict[str, float] = {}
    truth: Truth = Truth()

    @property
    def valid(self) -> bool:
        return self.valid_rounds > 0


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """One variant beside another: `throughput` and `cpu` are times what `against` has, and so is each of
    `services`, the CPU per request of one service.

    `reasons` are what stands against the comparison or against one of its figures; `flags` are these and
    its runs' own: a run's fatal flag has already taken its round out. Requests/s follow the machine's slow
    minutes, and CPU at one speed does not: where the rounds tell of one of them only, that one stands.
    """

    ours: str
    against: str
    what: str = ""
    rounds: int
    left_out: tuple[int, ...]
    at_least: bool
    throughput: Ratio | None
    cpu: Ratio | None
    services: dict[str, Ratio] = {}
    flags: tuple[Flag, ...]
    reasons: tuple[Flag, ...]

    def doubts(self, figure: judging.Figure) -> tuple[Flag, ...]:
        """What stands against one of the figures; nothing where it may be taken at its word."""
        return tuple(
            flag for flag in self.reasons if judging.AGAINST.get(flag.code, figure) == figure
        )

    def tells(self, figure: judging.Figure) -> bool:
        """Whether the figure may be taken at its word. Requests/s that were Locust's tell of Locust."""
        return not self.doubts(figure) and not (figure == "throughput" and self.at_least)

    @property
    def valid(self) -> bool:
        """Whether it tells anything: one of its figures or both."""
        return any(self.tells(figure) for figure in judging.NAMES)

    @property
    def word(self) -> str:
        """`VALID`, `VALID but for` one figure, or `INVALID`."""
        doubted = [name for figure, name in judging.NAMES.items() if self.doubts(figure)]
        if not self.valid:
            return "INVALID"
        return f"VALID but for {', '.join(doubted)}" if doubted else "VALID"

    @property
    def verdict(self) -> str:
        """The word, with every reason."""
        return ": ".join(filter(None, (self.word, "; ".join(flag.reason for flag in self.reasons))))


def rows(result: Result, baseline: str = "") -> list[Row]:
    """A row for each variant that has a run, in the plan's order, each beside the baseline, or (without
    one) beside what the plan compares it with."""
    by_variant = {name: _runs(result, name) for name in result.plan.variant_names}
    return [
        _row(name, runs, by_variant.get(baseline or result.plan.base_of(name), []))
        for name, runs in by_variant.items()
        if runs
    ]


def _runs(result: Result, variant: str) -> list[Run]:
    return [run for run in result.runs if run.variant == variant]


def _row(name: str, runs: list[Run], base: list[Run]) -> Row:
    valid = [run for run in runs if run.valid]
    shown = valid or runs
    histogram = merged(_buckets(run) for run in shown)
    _, left_out = in_both(runs, base)
    return Row(
        variant=name,
        rounds=len(runs),
        requests=sum(run.load.requests for run in runs),
        failures=sum(run.load.failures for run in runs),
        requests_per_second=median(map(throughput, shown)),
        at_least=_at_least(shown),
        throughput=paired(runs, _by_round(base), throughput),
        median_ms=percentile(histogram, 0.5),
        p95_ms=percentile(histogram, 0.95),
        p99_ms=percentile(histogram, 0.99),
        cpu_ms=_medians(run.cpu_ms for run in shown),
        cpu_total_ms=median(map(cpu, shown)),
        cpu=paired_cpu(runs, _by_round(base)),
        hit_ratios=_medians(run.hit_ratios for run in shown),
        histogram=histogram,
        flags=tuple(flag for run in runs for flag in run.flags),
        valid_rounds=len(valid),
        left_out=left_out,
        per_request=_medians(run.per_request for run in shown),
        truth=truth.of_all(run.load.truth for run in runs),
    )


def comparisons(result: Result) -> list[Comparison]:
    """What the plan asks to be compared, in its order."""
    return [compared(result, pair.ours, pair.against, pair.what) for pair in result.plan.pairs]


def compared(result: Result, ours: str, against: str, what: str = "") -> Comparison:
    """Two variants of a result. what: what lies between them, in words."""
    mine, base = _runs(result, ours), _runs(result, against)
    pairs, left_out = in_both(mine, base)
    faster = paired(mine, _by_round(base), throughput)
    at_least = _at_least(run for pair in pairs for run in pair)
    # Where Locust was the limit its scatter says nothing about the stack.
    rates = [] if at_least else [(throughput(run), throughput(other)) for run, other in pairs]
    spent = at_one_speed(pairs, cpu)
    reasons = tuple(judging.flags(len(pairs), left_out, spread(spent), spread(rates)))
    return Comparison(
        ours=ours,
        against=against,
        what=what,
        rounds=len(pairs),
        left_out=left_out,
        at_least=at_least,
        throughput=faster,
        cpu=ratio(spent),
        services=by_service(mine, _by_round(base)),
        flags=(*reasons, *(flag for run in (*mine, *base) for flag in run.flags)),
        reasons=reasons,
    )


def paired(
    runs: Iterable[Run], base: Mapping[int, Run], figure: Callable[[Run], float]
) -> Ratio | None:
    """The ratio of a figure to the baseline's, from the rounds that are valid on both sides."""
    pairs, _ = in_both(runs, base.values())
    return ratio([(figure(ours), figure(against)) for ours, against in pairs])


def paired_cpu(runs: Iterable[Run], base: Mapping[int, Run]) -> Ratio | None:
    """The ratio of the CPU per request to the baseline's, at one speed of the machine where it can be."""
    pairs, _ = in_both(runs, base.values())
    return ratio(at_one_speed(pairs, cpu))


def by_service(runs: Iterable[Run], base: Mapping[int, Run]) -> dict[str, Ratio]:
    """The ratio of each service's CPU per request to the baseline's, in the path's order.

    A change in one service shows here first: in the sum it is thinner by what the others cost, and their
    scatter lies over it. A service that does next to nothing on either side has none: what it uses it uses by
    itself.
    """
    pairs, _ = in_both(runs, base.values())
    found = {}
    for service in PATH:
        own = partial(cpu_of, service)
        if all(own(run) >= NEGLIGIBLE_MS for pair in pairs for run in pair) and (
            times := ratio(at_one_speed(pairs, own))
        ):
            found[service] = times
    return found


def in_both(
    runs: Iterable[Run], base: Iterable[Run]
) -> tuple[list[tuple[Run, Run]], tuple[int, ...]]:
    """Runs of one round, where both are valid; and the rounds that have both, of which one is not."""
    others = _by_round(base)
    both = [(run, others[run.round]) for run in runs if run.round in others]
    left_out = tuple(ours.round for ours, against in both if not (ours.valid and against.valid))
    return [pair for pair in both if pair[0].round not in left_out], left_out


def _by_round(runs: Iterable[Run]) -> dict[int, Run]:
    return {run.round: run for run in runs}


def _at_least(runs: Iterable[Run]) -> bool:
    return any(flag.code == "generator" for run in runs for flag in run.flags)


def _buckets(run: Run) -> Buckets:
    return {int(edge): count for edge, count in run.load.histogram_us.items()}


def _medians(tables: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """The median of each name over the tables that have it."""
    values: dict[str, list[float]] = {}
    for table in tables:
        for name, value in table.items():
            values.setdefault(name, []).append(value)
    return {name: median(found) for name, found in sorted(values.items())}
