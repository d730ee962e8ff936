"""The stale-read checker (web/freshness) through Varnish: does anybody read less at the edge than
was acknowledged before they asked?"""

from __future__ import annotations

from collections.abc import Mapping

from .. import stack
from .._findings import Finding, total
from .._scenarios import Scenario
from ..freshness import carry_out
from .asked import Asked
from .figures import Line, Part
from .kept import counters, empty

UNPURGED = "unpurged-edge"

# Varnish's counters; where they stand still, nothing was put to the test.
HITS, GRACE, WAITED = "MAIN.cache_hit", "MAIN.cache_hit_grace", "MAIN.busy_sleep"
COUNTED = (HITS, GRACE, WAITED)
PATIENCE = 3600.0


def scenarios(reads: int) -> list[Scenario]:
    """What the edge goes through, so many reads in all. Writes and slow fetches take most of the
    time, so their mixes have few of them."""

    def some(share: float) -> int:
        return max(200, round(reads * share))

    return [
        Scenario("1 % writes", some(0.80), 1, "edge", patience=PATIENCE),
        Scenario("10 % writes", some(0.12), 10, "edge", patience=PATIENCE),
        Scenario("50 % writes", some(0.02), 50, "edge", patience=PATIENCE),
        # Few rows and many readers, so that they meet at each fetch.
        Scenario("slow fetches", some(0.02), 5, "slow-edge", 4, workers=16, patience=PATIENCE),
        # Many rows, each of which is written less often than it ages; and long enough to age.
        Scenario(
            *("aging pages", some(0.04), 1, "aging-edge", 128),
            workers=12, seconds=8, patience=PATIENCE,
        ),
    ]  # fmt: skip


def part(asked: Asked) -> Part:
    store = stack.setting("LAB_UPSTREAM")
    empty()
    before = counters()
    ours = [carry_out(store, each, each.subject) for each in scenarios(asked.reads)]
    after = counters()
    unpurged = [carry_out(store, each, UNPURGED) for each in (Scenario("no purges", 1_000, 10),)]
    empty()
    return judged(
        ours, unpurged, asked.reads, {name: after[name] - before[name] for name in COUNTED}
    )


def judged(
    ours: list[Finding], unpurged: list[Finding], reads: int, counted: Mapping[str, int]
) -> Part:
    """counted: what Varnish counted while `ours` were read. Raises stack.CommandError where a
    checker gave no result."""
    for each in (*ours, *unpurged):
        if each.outcome is None:
            raise stack.CommandError(f"{each.scenario.name}: {each.problem}")
    checked, caught = total(ours, "reads"), total(unpurged, "stale")
    lines = [
        Line("reads checked", checked, least=reads),
        Line("writes beside them", total(ours, "writes"), least=1),
        Line("stale reads", total(ours, "stale"), most=0),
        Line("errors", total(ours, "errors"), most=0),
        Line("hits", counted[HITS], least=1),
        Line("hits on aged pages while they were fetched anew", counted[GRACE], least=1),
        Line("requests that waited for another's fetch", counted[WAITED], least=1),
        Line("stale reads where the edge is never purged", caught, least=1),
    ]
    remarks = [said(each) for each in (*ours, *unpurged)]
    return Part(lines, remarks)


def said(finding: Finding) -> str:
    """One scenario's outcome in words."""
    found = finding.outcome or {}
    stale = f"{found['stale']:,} stale"
    if found["stale"]:
        stale += f", up to {found['longest']:.2f} s after the write"
    errors = ""
    if found["errors"]:
        errors = f"; {found['errors']:,} errors, the first: {found['first_error']}"
    return (
        f"{finding.scenario.name} ({finding.subject}): {found['reads']:,} reads, "
        f"{found['writes']:,} writes, {stale}, {found['seconds']:.0f} s{errors}"
    )
