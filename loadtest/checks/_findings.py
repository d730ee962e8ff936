"""What the scenarios showed: the table, what speaks against the promise, and the page for the docs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table

from ._scenarios import NAIVE, Scenario

COLUMNS = (
    *("store", "scenario", "subject", "reads", "from cache", "writes", "kills", "stale"),
    *("longest", "errors", "time"),
)


@dataclass(frozen=True)
class Finding:
    """One scenario on one store. outcome: what `check_freshness --json` printed, None where it
    printed none. rounds: of the disturbance. problem: why there is no outcome."""

    store: str
    scenario: Scenario
    subject: str
    outcome: dict[str, Any] | None = None
    rounds: int = 0
    problem: str = ""

    def cells(self) -> tuple[str, ...]:
        """As in COLUMNS."""
        first = (self.store, self.scenario.name, self.subject)
        found = self.outcome
        if found is None:
            return (*first, *["–"] * (len(COLUMNS) - len(first)))
        hits, stale = found["hits"], found["stale"]
        return (
            *first,
            f"{found['reads']:,}",
            "–" if hits is None else f"{100 * hits / max(1, found['reads']):.0f} %",
            f"{found['writes']:,}",
            f"{found['kills']:,}",
            f"{stale:,}",
            f"{found['longest']:.2f} s" if stale else "–",
            f"{found['errors']:,}",
            f"{found['seconds']:.0f} s",
        )

    def problems(self) -> list[str]:
        """What speaks against the promise, or against this run as its proof; a line for each."""
        found = self.outcome
        if found is None:
            return [self._line(self.problem)]
        said = []
        if found["stale"]:
            said.append(f"{found['stale']:,} stale reads, {found['late']:,} of them late")
        if found["errors"]:
            said.append(f"{found['errors']:,} errors, the first: {found['first_error']}")
        if found["hits"] == 0 and self.subject != "uncached":
            said.append("nothing came from the cache, so nothing is shown")
        if self.scenario.kills and not found["kills"]:
            said.append("no worker was killed, so nothing is shown")
        if self.scenario.disturbance and not self.rounds:
            said.append(f"{self.scenario.disturbance} was never completed, so nothing is shown")
        return [self._line(each) for each in said]

    def _line(self, problem: str) -> str:
        return f"{self.store}, {self.scenario.name}, {self.subject}: {problem}"


def problems(findings: Iterable[Finding], least: int = 0) -> list[str]:
    """Of all findings. least: so many reads must have been checked on each store. The naive
    subject's stale reads are no problem; where it showed none, that is one."""
    all_ = list(findings)
    careful = [each for each in all_ if each.subject != NAIVE]
    lines = [line for each in careful for line in each.problems()]
    for store in dict.fromkeys(each.store for each in careful):
        reads = sum(_counted(each, "reads") for each in careful if each.store == store)
        if reads < least:
            lines.append(f"{store}: {reads:,} reads were checked, {least:,} are promised")
    return lines + _blind(each for each in all_ if each.subject == NAIVE)


def _blind(naive: Iterable[Finding]) -> list[str]:
    """Where the naive subject was not caught: in the mixes, or after workers were killed."""
    caught: dict[tuple[str, str], int] = {}
    for each in naive:
        where = (each.store, "after kills" if each.scenario.kills else "in the mixes")
        caught[where] = caught.get(where, 0) + _counted(each, "stale")
    return [
        f"{store}: the naive cache showed no stale read {when}, so the checker is blind there"
        for (store, when), stale in caught.items()
        if not stale
    ]


def _counted(finding: Finding, what: str) -> int:
    return int(finding.outcome[what]) if finding.outcome else 0


def table(findings: Iterable[Finding]) -> Table:
    """For a terminal."""
    made = Table(box=None, padding=(0, 1))
    for number, column in enumerate(COLUMNS):
        made.add_column(column, justify="left" if number < 3 else "right", no_wrap=True)
    for finding in findings:
        made.add_row(*finding.cells(), style="dim" if finding.subject == NAIVE else "")
    return made


def markdown(findings: Iterable[Finding], conditions: Iterable[str]) -> str:
    """The table and under which conditions it came about, one sentence each."""
    rows = [COLUMNS, ["---"] * 3 + ["---:"] * (len(COLUMNS) - 3)]
    rows += [finding.cells() for finding in findings]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([*conditions, "", *lines, ""])


def as_json(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    return [asdict(finding) for finding in findings]
