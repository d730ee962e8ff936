"""The arithmetic of a contest between caches on the same pages. Pure: a result in, figures out.

Each variant's CPU per request is compared with our own in the same round; stale answers are counted
over all rounds.
"""

from __future__ import annotations

import msgspec

from bench import truth
from bench.compare import Ratio, Row, paired_cpu, rows
from bench.reporting.words import times
from bench.result import Result, Run

from ._checker import Counted


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One variant beside ours, over all its rounds. CPU in ms per request, `cpu` in times ours;
    `stalest` in seconds; `writes` are comments that were accepted, in the warm-up or after it."""

    variant: str
    rounds: int
    requests: int
    failures: int
    writes: int
    cpu_ms: dict[str, float]
    cpu_total_ms: float
    cpu: Ratio | None
    hit_ratios: dict[str, float]
    checked: int
    stale: int
    stalest: float
    flags: tuple[str, ...]

    @property
    def per_million(self) -> float:
        """Stale answers per million checked ones; 0 where none was checked."""
        return 1e6 * self.stale / max(1, self.checked)


def standings(result: Result, ours: str) -> list[Standing]:
    """One for each variant that has a run, in the plan's order."""
    by_variant: dict[str, list[Run]] = {}
    for run in result.runs:
        by_variant.setdefault(run.variant, []).append(run)
    base = {run.round: run for run in by_variant.get(ours, [])}
    return [_standing(row, by_variant[row.variant], base) for row in rows(result, ours)]


def _standing(row: Row, runs: list[Run], base: dict[int, Run]) -> Standing:
    found = truth.of_all(run.load.truth for run in runs)
    return Standing(
        variant=row.variant,
        rounds=row.rounds,
        requests=row.requests,
        failures=row.failures,
        writes=found.writes,
        cpu_ms=row.cpu_ms,
        cpu_total_ms=row.cpu_total_ms,
        cpu=paired_cpu(runs, base),
        hit_ratios=row.hit_ratios,
        checked=found.checked,
        stale=found.stale,
        stalest=found.stalest,
        flags=tuple(sorted({flag.code for flag in row.flags})),
    )


def against(rival: Standing, ours: Standing) -> list[str]:
    """What speaks against “ours costs less CPU, and shows fewer stale answers”; nothing: it holds."""
    found = []
    if rival.cpu is None or rival.cpu.low is None:
        found.append("one round can't tell whose CPU is less")
    elif rival.cpu.undecided:
        found.append(f"no difference in CPU was seen: {times(rival.cpu)} ours")
    elif rival.cpu.value < 1:
        found.append(f"it costs less CPU: {times(rival.cpu)} ours")
    if not (ours.checked and rival.checked):
        found.append("no answer was checked")
    elif ours.stale and ours.per_million >= rival.per_million:
        found.append("ours was stale no less often")
    if ours.failures or rival.failures:
        found.append("requests failed")
    return found


def outdone(rival: Counted, ours: Counted) -> list[str]:
    """What the stale-read checker has against “ours shows fewer stale answers”."""
    found = []
    if ours.stale and ours.per_million >= rival.per_million:
        found.append("the checker saw ours stale no less often")
    if ours.errors or rival.errors:
        found.append(f"the checker saw errors: {ours.first_error or rival.first_error}")
    return found
