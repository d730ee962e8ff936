"""What is printed: a line when a fault is over, the table at the end, and what was missed."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from .catalogue import SAYS
from .figures import ADDED, RETURN, Outcome

COLUMNS = (
    *("requests", "failed", "wrong", "p99", "without cache", "added"),
    *("worst in 1st s", "write", "back after"),
)


def ms(seconds: float) -> str:
    return f"{seconds * 1000:,.0f}"


def back(outcome: Outcome) -> str:
    return "never" if outcome.back is None else f"{outcome.back:.0f} s"


def line(outcome: Outcome) -> str:
    verdict = "; ".join(outcome.misses()) or "held"
    return f"{outcome.store}, {outcome.fault} ({SAYS[outcome.fault]}): {verdict}"


def table(outcomes: Sequence[Outcome]) -> Table:
    made = Table(title="Upstream cache broken, times in ms", box=None, title_justify="left")
    made.add_column("store, fault", no_wrap=True)
    for name in COLUMNS:
        made.add_column(name, justify="right")
    made.add_column("")
    for outcome in outcomes:
        made.add_row(*cells(outcome), "[red]missed[/]" if outcome.misses() else "held")
    return made


def cells(outcome: Outcome) -> list[str]:
    return [
        f"{outcome.store}, {outcome.fault}",
        f"{outcome.requests:,}",
        f"{len(outcome.failures):,}",
        f"{len(outcome.wrong):,}",
        ms(outcome.p99),
        ms(outcome.base),
        ms(outcome.added),
        ms(outcome.worst_first),
        ms(outcome.write),
        back(outcome),
    ]


def conclusion(outcomes: Sequence[Outcome]) -> str:
    missed = sum(bool(outcome.misses()) for outcome in outcomes)
    requests = sum(outcome.requests for outcome in outcomes)
    failed = sum(len(outcome.failures) for outcome in outcomes)
    wrong = sum(len(outcome.wrong) for outcome in outcomes)
    return (
        f"{len(outcomes)} faults, {requests:,} requests: {failed} failed, {wrong} pages were wrong; "
        f"{missed} faults missed the promise (at most {ADDED * 1000:.0f} ms added at the 99th "
        f"percentile after the first second, in use again within {RETURN:.0f} s)"
    )
