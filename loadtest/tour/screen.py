"""The tour in a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from bench.counters import PATH
from bench.reporting.words import figure
from tracing.picture import OUTCOMES

from .figures import Figures
from .hands import Look, Write
from .steps import Step

LAYERS = {
    "pages": "pages from Varnish",
    "assets": "objects from Varnish",
    "redis": "values from Redis",
}
# Services that took less than this of a request's CPU are not worth a word.
WORTH_TELLING = 0.05
MOST_CACHE_STATUS = 300  # characters; that of a front page is three times as long


class Screen:
    """wait: asks for Enter and returns when it came; None where nobody is there."""

    def __init__(self, console: Console, live_page: str, wait: Callable[[], object] | None) -> None:
        self.console = console
        self._live_page = live_page
        self._wait = wait

    def begin(self, steps: Sequence[Step], minutes: float) -> None:
        self._say(
            f"The article's two drawings in {len(steps)} steps, about {minutes:.0f} minutes. The live page "
            f"shows the layers at work: open {self._live_page} beside this.",
            "Each step measures for a few seconds: enough to see, too short to quote (./scripts/lab bench is "
            "for that). Ctrl-C ends the tour; the toggles are put back in any case.",
        )
        self.pause("begin")

    def step(self, number: int, of: int, step: Step) -> None:
        self.console.print()
        self.console.print(Rule(f"{number} of {of}  {step.title}", align="left", style="bold cyan"))
        self._say(step.happens)
        self.console.print(Padding(drawing(step.all_toggles), (0, 2)))

    def notice(self, step: Step) -> None:
        self._say(f"On the live page: {step.notice}")

    def working(self, what: str) -> AbstractContextManager[object]:
        if self.console.is_terminal:
            return self.console.status(what)
        self.console.print(what, style="dim")
        return nullcontext()

    def figures(self, found: Figures, base: Figures | None) -> None:
        table = Table.grid(padding=(0, 2))
        table.add_column(style="dim", no_wrap=True)
        table.add_column()
        for name, value in rows(found, base):
            table.add_row(name, value)
        self.console.print(Padding(table, (1, 2)))

    def look(self, found: Look) -> None:
        self.console.print(Padding(looked(found), (0, 2)))

    def write(self, found: Write) -> None:
        seen = found.readers - found.behind
        self._say(
            f"The comment on {found.path} was acknowledged after {found.milliseconds:.0f} ms. "
            f"Of {found.readers} readers who asked after that, {seen} saw it.",
            "The first of all to look afterwards, and the second:",
        )
        self.look(found.first)
        self.look(found.second)

    def pause(self, to: str) -> None:
        if self._wait is not None:
            self.console.print(f"\nEnter to {to} ", style="bold", end="")
            self._wait()

    def end(self, found: Mapping[str, Figures]) -> None:
        self.console.print()
        self.console.print(
            Rule("What each layer was worth, here and just now", align="left", style="bold cyan")
        )
        self.console.print(Padding(summary(found), (1, 2)))
        if any(each.at_least for each in found.values()):
            self._say(
                "≥: Locust was at its own limit; what a request costs in CPU is the figure to trust."
            )
        self._say(
            "What next: ./scripts/lab bench --quick measures it properly; ./scripts/lab toggle switches a "
            "layer; ./scripts/lab trace / shows a request's way; ./scripts/lab clinic shows what not to "
            "cache.",
        )

    def _say(self, *paragraphs: str) -> None:
        for text in paragraphs:
            self.console.print(Padding(Text(text), (1, 2, 0, 2)))


def drawing(toggles: Mapping[str, str]) -> Text:
    """The path of a request, with what each layer keeps."""
    pages, objects = toggles["LAB_EDGE_PAGES"] == "on", toggles["LAB_EDGE_ASSETS"] == "on"
    store = toggles["LAB_UPSTREAM"]
    text = Text("\nreader ─▶ Varnish ")
    text.append_text(_kept([*(["pages"] if pages else []), *(["objects"] if objects else [])]))
    text.append(" ─▶ nginx ─▶ Django ─▶ Postgres\n")
    text.append("             └─▶ MinIO (objects)             └─▶ Redis ")
    text.append_text(_kept(["computed values"] if store == "redis" else []))
    return text


def _kept(what: Sequence[str]) -> Text:
    if what:
        return Text(f"[keeps {' and '.join(what)}]", style="bold green")
    return Text("[keeps nothing]", style="dim")


def rows(found: Figures, base: Figures | None) -> Iterator[tuple[str, str]]:
    """The figures, each with what it is. base: the first step's."""
    times = _times(found, base)
    yield "requests/s", f"{_rate(found)}{times and f', {times} × the first step'}"
    if found.median_ms is not None and found.p99_ms is not None:
        yield (
            "latency",
            f"{figure(found.median_ms)} ms median, {figure(found.p99_ms)} ms for the slowest 1 %",
        )
    if found.cpu is not None:
        parts = {name: ms for name, ms in found.cpu_ms.items() if name in PATH}
        worth = sorted(parts.items(), key=lambda each: -each[1])
        told = [f"{name} {figure(ms)}" for name, ms in worth if ms >= WORTH_TELLING * found.cpu]
        yield "CPU per request", f"{figure(found.cpu)} ms ({', '.join(told)})"
    for layer, words in LAYERS.items():
        if layer in found.hits:
            yield words, f"{found.hits[layer]:.0%}"
    yield "failed", f"{found.failures:,} of {found.requests:,} requests"
    if found.checked:
        yield "stale", f"{found.stale:,} of {found.checked:,} answers checked after a write"


def _rate(found: Figures) -> str:
    return f"{'≥ ' if found.at_least else ''}{figure(found.per_second)}"


def _times(found: Figures, base: Figures | None) -> str:
    return figure(found.per_second / base.per_second) if base and base.per_second else ""


def looked(found: Look) -> Text:
    """One request in three lines: what came, how far it went, what the caches say of it."""
    edge, origin = found.way.edge, found.way.origin
    word, style = OUTCOMES[edge.outcome]
    text = Text(f"\nGET {found.path}  {found.status} in {found.milliseconds:.1f} ms\n")
    text.append("Varnish ")
    text.append(word, style=style)
    text.append(f": {edge.why}; ")
    text.append(
        f"answered by {origin.replica or origin.place}\n"
        if origin
        else "nobody behind it was asked\n"
    )
    text.append(f"Cache-Status: {shortened(found.cache_status)}", style="dim")
    return text


def shortened(field: str) -> str:
    """Its end is Varnish's own, and stays."""
    if len(field) <= MOST_CACHE_STATUS:
        return field
    kept = field[-MOST_CACHE_STATUS:]
    return f"… {kept[kept.find(', ') + 2 :]}"


def summary(found: Mapping[str, Figures]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("", no_wrap=True)
    for head in ("requests/s", "× first", "median ms", "CPU ms", "failed"):
        table.add_column(head, justify="right", no_wrap=True)
    base = next(iter(found.values()), None)
    for name, each in found.items():
        table.add_row(
            name,
            _rate(each),
            _times(each, base),
            figure(each.median_ms) if each.median_ms is not None else "",
            figure(each.cpu) if each.cpu is not None else "–",
            f"{each.failures:,}",
        )
    return table
