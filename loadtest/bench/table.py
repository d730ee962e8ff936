"""The comparison in a terminal: tables, while it goes and at the end, and a bar with the time left."""

from __future__ import annotations

import time
from collections.abc import Iterable

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from bench.counters import PATH
from bench.findings import findings
from bench.reporting import words
from bench.reporting.judgement import judge
from bench.reporting.lines import Line, lines
from bench.result import Result
from bench.schedule import Turn


def tables(result: Result) -> Group:
    """Speed and truth, CPU per request by service, hit ratios."""
    found = lines(result)
    return Group(speed(found), cost(found), hits(found))


def _table(title: str, columns: Iterable[str]) -> Table:
    table = Table(title=title, box=None, title_justify="left", title_style="bold", padding=(0, 1))
    table.add_column("variant", no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right", overflow="fold")
    return table


def speed(found: list[Line]) -> Table:
    table = _table(
        "Speed and truth; latencies in ms, stale answers per million checked reads",
        ("requests/s", "× base", "median", "p99", "failed", "stale", "longest", "leaks", "verdict"),
    )
    for line in found:
        row, p99 = line.row, line.percentiles[0.99]
        verdict = words.verdict(line)
        table.add_row(
            line.name,
            ("≥ " if row.at_least else "") + words.thousands(row.requests_per_second),
            words.speedup(line).removeprefix("≥ "),
            words.figure(row.median_ms),
            words.NOT_ASKED if p99 is None else words.figure(p99),
            f"[red]{row.failures:,}[/]" if row.failures else "0",
            words.stale(line),
            words.stalest(line),
            f"[red]{words.leaks(line)}[/]" if line.truth.leaks else words.leaks(line),
            verdict if not line.invalid else f"[red]{verdict}[/]",
        )
    return table


def cost(found: list[Line]) -> Table:
    services = [
        name for name in PATH if any(line.row.cpu_ms.get(name, 0) >= 0.0005 for line in found)
    ]
    table = _table("CPU ms per request", ("all", "of base", *services))
    for line in found:
        spent = line.row.cpu_ms
        by_service = (words.short(spent[name]) if name in spent else "" for name in services)
        saved = words.saving(line)
        table.add_row(line.name, words.short(line.row.cpu_total_ms), saved, *by_service)
    return table


def hits(found: list[Line]) -> Table:
    table = _table(
        "Hit ratio: of the edge by Cache-Status, of the stores by their own counters",
        words.LAYERS.values(),
    )
    for line in found:
        ratios = (line.row.hit_ratios.get(layer) for layer in words.LAYERS)
        table.add_row(line.name, *(words.NOT_ASKED if r is None else f"{r:.1%}" for r in ratios))
    return table


class Terminal:
    """Tells on a console how it goes: live where there is somebody to see it, else in lines."""

    def __init__(self, console: Console, turns: int, estimate: float) -> None:
        self.console = console
        self.turns = turns
        self.estimate = estimate
        self.done = 0
        self._begun = time.monotonic()
        self._made = 0
        self._result: Result | None = None
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[left]}"),
            console=console,
        )
        self._task = self._progress.add_task("starting", total=turns, left="")
        self._live = Live(
            console=console, get_renderable=self._view, refresh_per_second=2, transient=True
        )

    def __enter__(self) -> Terminal:
        if self.console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def begins(self, turn: Turn) -> None:
        self._what = f"round {turn.round}, {turn.variant.name}"
        self.step("")
        if not self.console.is_terminal:
            self.console.print(
                f"[{self.done + 1}/{self.turns}] {self._what}, {self.left()}", markup=False
            )

    def step(self, what: str) -> None:
        self._progress.update(self._task, description=f"{self._what}: {what}")

    def ended(self, result: Result) -> None:
        self.done += 1
        self._result = result
        self._progress.update(self._task, completed=self.done)
        made, self._made = self._made, len(result.runs)
        if self.console.is_terminal:
            return
        if self._made == made:
            self.console.print("    it could not be measured", markup=False)
            return
        run = result.runs[-1]
        rate = f"{run.load.requests_per_second:,.0f} requests/s"
        self.console.print(f"    {rate}, {run.load.failures:,} failed", markup=False)

    def left(self) -> str:
        """The time left, from the pace so far; before the first run has ended, from the plan."""
        each = (
            (time.monotonic() - self._begun) / self.done
            if self.done
            else self.estimate / self.turns
        )
        seconds = max(0.0, each * self.turns - (time.monotonic() - self._begun))
        return f"about {int(seconds // 60)}:{int(seconds % 60):02d} left"

    def _view(self) -> Group:
        self._progress.update(self._task, left=self.left())
        if self._result is None or not self._result.runs:
            return Group(self._progress)
        return Group(tables(self._result), self._progress)


def conclude(console: Console, result: Result) -> None:
    """Everything at the end: tables, what was found, the verdict with what stands against it."""
    if result.runs:
        console.print(tables(result))
    console.print()
    for finding in findings(result):
        console.print(f"[bold]{escape(finding.title)}[/]: {escape(finding.text)}", highlight=False)
    judgement = judge(result)
    console.print(f"[bold {'green' if judgement.valid else 'red'}]{judgement.word}[/]")
    for reason in judgement.reasons:
        console.print(f"[red]![/] {escape(reason)}", highlight=False)
    for remark in judgement.remarks:
        console.print(f"[yellow]·[/] {escape(remark)}", highlight=False)
