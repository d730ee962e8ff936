"""The plan as tables, for a terminal and in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from planning.layers import Worth
from planning.measured import KINDS
from planning.outcome import Outcome
from planning.prices import ROLES
from planning.sizing import Bill, Machines

BY_USE = ("object store", "CDN requests", "traffic out")

HEADS = {"balancer": "load balancer"}


@dataclass(frozen=True)
class Table:
    """A title, column heads and rows of texts. prose: columns that are read and not compared."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    prose: frozenset[int] = frozenset({0})


def answer(outcome: Outcome) -> str:
    """The plan in a sentence."""
    cheapest, first = outcome.cheapest, outcome.bills[0]
    if cheapest is None or cheapest.total is None:
        return "No variant can be bought from this price file for this traffic."
    said = f"Cheapest: {cheapest.variant}, {whole(cheapest.total)} {outcome.currency} a month"
    if first is cheapest or not first.total:
        return f"{said}."
    return f"{said}, {1 - cheapest.total / first.total:.0%} less than {first.variant}."


def asked(outcome: Outcome) -> str:
    traffic = outcome.traffic
    return (
        f"{traffic.pageviews:,.4g} page views/s on average, {traffic.peak_pageviews:,.5g} at the peak;"
        f" planned from {outcome.result}"
    )


def tables(outcome: Outcome) -> list[Table]:
    bills = outcome.bills
    found = [rates(bills), busy(bills), machines(bills), prices(bills, outcome.currency)]
    if outcome.layers:
        found += [
            worths(outcome.layers, outcome.currency),
            break_evens(outcome.layers),
        ]
    found += [sensitivity(outcome), checks(outcome), assumed(outcome)]
    return [table for table in found if table.rows]


def rates(bills: Sequence[Bill]) -> Table:
    kinds = [kind for kind in KINDS if any(bill.demand.kinds[kind] for bill in bills)]
    rows = [
        [
            bill.variant,
            *(whole(bill.demand.kinds[kind]) for kind in kinds),
            *(whole(value) for value in (bill.demand.site, bill.demand.fetches)),
        ]
        for bill in bills
    ]
    heads = ["variant", *kinds, "reach the site", "reach the bucket"]
    return Table("Requests a second at the peak", heads, rows)


def busy(bills: Sequence[Bill]) -> Table:
    roles = [role for role in ROLES if any(role in bill.demand.cores for bill in bills)]
    rows = [
        [bill.variant, *(cores(bill.demand.cores.get(role)) for role in roles)] for bill in bills
    ]
    heads = ["variant", *(HEADS.get(role, role) for role in roles)]
    return Table("Cores busy at the peak, of the measuring machine's", heads, rows)


def cores(value: float | None) -> str:
    return "–" if value is None else f"{value:,.2f}"


def machines(bills: Sequence[Bill]) -> Table:
    roles = [role for role in ROLES if any(bill.of(role) for bill in bills)]
    rows = [[bill.variant, *(_bought(bill.of(role)) for role in roles)] for bill in bills]
    heads = ["variant", *(HEADS.get(role, role) for role in roles)]
    return Table("Machines, the spare ones counted", heads, rows)


def _bought(found: Machines | None) -> str:
    return f"{found.count} × {found.size.name}" if found else "–"


def prices(bills: Sequence[Bill], currency: str) -> Table:
    parts = [part for part in (*ROLES, *BY_USE) if any(part in bill.month for bill in bills)]
    rows = []
    for bill in bills:
        each = (whole(bill.month[part]) if part in bill.month else "–" for part in parts)
        rows.append([bill.variant, *each, "–" if bill.total is None else whole(bill.total)])
    heads = ["variant", *(HEADS.get(part, part) for part in parts), "total"]
    return Table(f"Price a month, {currency}", heads, rows)


def worths(layers: Iterable[Worth], currency: str) -> Table:
    rows = [
        [
            f"{layer.title}: {layer.lacking} → {layer.having}",
            *(
                "–" if value is None else whole(value)
                for value in (layer.saved, layer.own, layer.net)
            ),
            f"{layer.cores_saved:+,.1f}",
            said(layer),
        ]
        for layer in layers
    ]
    heads = ["layer", "saves", "costs", "net", "cores saved", "verdict"]
    return Table(f"What each layer is worth a month, {currency}", heads, rows, frozenset({0, 5}))


def said(layer: Worth) -> str:
    """The verdict, and whether the measurement is good for one."""
    return f"{layer.verdict}; {layer.doubt}" if layer.doubt else layer.verdict


def break_evens(layers: Iterable[Worth]) -> Table:
    rows = [
        [
            f"{layer.title}: {layer.lacking} → {layer.having}",
            share(layer.hit_ratio),
            *(ratio(value, layer.hit_ratio) for value in (layer.break_even, layer.break_even_cpu)),
        ]
        for layer in layers
    ]
    heads = ["layer", "measured", "break-even, money", "break-even, CPU alone"]
    return Table("Hit ratios: as measured, and from which on the layer pays", heads, rows)


def ratio(value: float | None, measured: float | None) -> str:
    if measured is None:
        return "not measured"
    if not measured:
        return "served nothing"
    return "never" if value is None else share(value)


def sensitivity(outcome: Outcome) -> Table:
    rows = [
        [
            bill.variant,
            *(
                "–" if value is None else whole(value)
                for value in (each.month[bill.variant] for each in outcome.scenarios)
            ),
        ]
        for bill in outcome.bills
    ]
    heads = ["variant", *(each.name for each in outcome.scenarios)]
    return Table(f"Price a month if the traffic is another, {outcome.currency}", heads, rows)


def checks(outcome: Outcome) -> Table:
    rows = [
        [
            name,
            f"{simulated.busiest} {simulated.utilisation[simulated.busiest]:.0%}",
            f"{1000 * simulated.p99_wait:.3g} ms",
            f"{1000 * simulated.p99_site_wait:.3g} ms",
            f"{simulated.requests:,}",
        ]
        for name, simulated in outcome.checked.items()
    ]
    title = "Simulated at the peak, the spare machines out of service"
    return Table(title, ["variant", "busiest", "p99 wait", "p99 wait, site", "requests"], rows)


def assumed(outcome: Outcome) -> Table:
    rows = [[each.what, each.value, each.origin] for each in outcome.assumptions]
    return Table("Assumptions", ["what", "value", "from"], rows, frozenset({0, 1, 2}))


def whole(value: float) -> str:
    return f"{value:,.0f}"


def share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def terminal(console: Console, outcome: Outcome) -> None:
    console.print(f"[bold]{escape(answer(outcome))}[/]", highlight=False)
    console.print(escape(asked(outcome)), highlight=False)
    for table in tables(outcome):
        console.print()
        console.print(f"[bold]{escape(table.title)}[/]", highlight=False)
        console.print(_rich(table))
    console.print()
    for warning in outcome.warnings:
        console.print(f"[yellow]![/] {escape(warning)}", highlight=False)


def _rich(table: Table) -> RichTable:
    made = RichTable(box=None, padding=(0, 1))
    for index, head in enumerate(table.heads):
        if index in table.prose:
            made.add_column(escape(head), overflow="fold", no_wrap=head == "variant")
        else:
            made.add_column(escape(head), justify="right", overflow="fold")
    for row in table.rows:
        made.add_row(*map(escape, row))
    return made


def markdown(outcome: Outcome) -> str:
    blocks = [f"**{_plain(answer(outcome))}** {_plain(asked(outcome))}."]
    blocks += [_pipes(table) for table in tables(outcome)]
    blocks += [f"> {_plain(warning)}" for warning in outcome.warnings]
    return "\n\n".join(blocks) + "\n"


def _pipes(table: Table) -> str:
    marks = ["---" if index in table.prose else "---:" for index in range(len(table.heads))]
    lines = [table.heads, marks, *table.rows]
    drawn = ["| " + " | ".join(_plain(cell) for cell in line) + " |" for line in lines]
    return "\n".join([f"### {_plain(table.title)}", "", *drawn])


def _plain(text: str) -> str:
    """A name out of a file draws no table and opens no tag."""
    for sign in "\\|<>*_`[]":
        text = text.replace(sign, "\\" + sign)
    return " ".join(text.split())
