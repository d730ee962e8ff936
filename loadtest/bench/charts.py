"""The report's charts, as inline SVG that takes its colours and its letters from the page."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from math import ceil, log10
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.compare import Row
from bench.counters import PATH
from bench.findings import figure as shown
from bench.result import Result

# Stand-ins that no chart uses otherwise; the page's style sheet says what they look like.
INK, GRID = "#010203", "#040506"
SERIES = tuple(f"#0a0b{number:02x}" for number in range(10))

STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "lab",
    "font.size": 11,
    "text.color": INK,
    "axes.edgecolor": GRID,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
}


def throughput(result: Result, rows: Sequence[Row]) -> str:
    """Bars of requests/s, with a dot for each run."""
    with mpl.rc_context(STYLE):
        figure, axes = _bars(rows)
        places = range(len(rows))
        axes.barh(places, [row.requests_per_second for row in rows], color=SERIES[0], height=0.6)
        for place, row in enumerate(rows):
            runs = [r.load.requests_per_second for r in result.runs if r.variant == row.variant]
            # Beneath the bar, where they hide no figure.
            axes.plot(runs, [place + 0.38] * len(runs), "o", color=INK, markersize=4)
        _values(axes, [("≥ " if row.at_least else "", row.requests_per_second) for row in rows])
        axes.set_xlabel("requests per second; a dot is a run")
        return _svg(figure, "Requests per second of each variant")


def cpu(rows: Sequence[Row]) -> str:
    """Stacked bars of CPU ms per request by service."""
    with mpl.rc_context(STYLE):
        figure, axes = _bars(rows)
        left = [0.0] * len(rows)
        services = [name for name in PATH if any(row.cpu_ms.get(name) for row in rows)]
        for number, service in enumerate(services):
            spent = [row.cpu_ms.get(service, 0.0) for row in rows]
            colour = SERIES[number % len(SERIES)]
            axes.barh(range(len(rows)), spent, left=left, color=colour, height=0.6, label=service)
            left = [start + more for start, more in zip(left, spent, strict=True)]
        _values(axes, [("", row.cpu_total_ms) for row in rows])
        axes.set_xlabel("CPU milliseconds per request")
        axes.legend(ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1.0), fontsize=9)
        return _svg(figure, "CPU milliseconds per request by service")


def latency(rows: Sequence[Row]) -> str:
    """The share of requests answered within a time, on a logarithmic axis."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.2, 4.4), layout="constrained")
        axes = figure.subplots()
        for number, row in enumerate(rows):
            edges, shares = _cumulative(row)
            colour = SERIES[number % len(SERIES)]
            axes.step(edges, shares, where="post", color=colour, label=row.variant)
        axes.set_xscale("log")
        axes.set_xlabel("milliseconds (logarithmic)")
        axes.set_ylabel("% of requests")
        axes.grid(color=GRID, linewidth=0.5)
        axes.legend(ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0), fontsize=9)
        return _svg(figure, "Share of requests answered within a time")


def staleness(rows: Sequence[Row]) -> str:
    """Requests/s against the longest staleness and against stale answers per million, a point a variant.

    Both axes are logarithmic with a place for 0, which is what a variant is for that shows nothing stale.
    Variants of which no answer was checked have no point; hollow points lie at least that far to the right.
    `bench.truth.table` has the figures.
    """
    checked = [row for row in rows if row.truth.checked]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.2, 3.8), layout="constrained")
        longest, often = figure.subplots(1, 2, sharey=True)
        for row in checked:
            least = bool(row.truth.still_stale)
            _point(longest, row.truth.stalest, row, hollow=least)
            _point(often, row.truth.stale_per_million or 0.0, row, hollow=False)
        slowest = max([0.0, *(row.truth.stalest for row in checked)])
        _from_nothing(longest, "longest staleness, s", 0.1, slowest)
        longest.xaxis.set_major_formatter("{x:g}")
        _from_nothing(often, "stale answers per million", 100.0, 1e6)
        longest.set_ylabel("requests per second")
        longest.set_ylim(0, 1.15 * max((row.requests_per_second for row in checked), default=1))
        return _svg(figure, "Requests per second against staleness")


def _point(axes: Axes, place: float, row: Row, *, hollow: bool) -> None:
    """With its variant's name beside it: to the right at 0, elsewhere to the left, where there is room."""
    fill = "none" if hollow else SERIES[0]
    axes.plot([place], [row.requests_per_second], "o", color=SERIES[0], markerfacecolor=fill)
    side = {"xytext": (-8, 0), "ha": "right"} if place else {"xytext": (8, 0), "ha": "left"}
    offset: dict[str, Any] = {**side, "va": "center", "textcoords": "offset points"}
    text = ("≥ " if hollow else "") + row.variant
    axes.annotate(text, (place, row.requests_per_second), fontsize=9, **offset)


def _from_nothing(axes: Axes, label: str, least: float, most: float) -> None:
    """An axis from 0 over `least`, up to which it is linear, by decades to past `most`."""
    axes.set_xscale("symlog", linthresh=least, linscale=0.5)
    axes.set_xlim(-0.6 * least, 1.5 * 10 ** ceil(log10(max(most, 10 * least))))
    axes.set_xlabel(label)
    axes.grid(color=GRID, linewidth=0.5)
    axes.set_axisbelow(True)


def _cumulative(row: Row) -> tuple[list[float], list[float]]:
    total, seen = sum(row.histogram.values()) or 1, 0
    edges, shares = [], []
    for edge, count in row.histogram.items():
        seen += count
        # What is answered within a microsecond would have no place on a logarithmic axis.
        edges.append(max(edge, 1) / 1000)
        shares.append(100 * seen / total)
    return edges, shares


def _bars(rows: Sequence[Row]) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(7.2, 1.4 + 0.42 * len(rows)), layout="constrained")
    axes: Axes = figure.subplots()
    axes.set_yticks(range(len(rows)), [row.variant for row in rows])
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    axes.set_axisbelow(True)
    axes.grid(axis="x", color=GRID, linewidth=0.5)
    return figure, axes


def _values(axes: Axes, values: Sequence[tuple[str, float]]) -> None:
    """Each bar's value to the right of it: small bars can be read, too."""
    for place, (before, value) in enumerate(values):
        offset: dict[str, Any] = {"xytext": (10, 0), "textcoords": "offset points"}
        text = before + shown(value)
        axes.annotate(text, (value, place), va="center", fontsize=10, **offset)
    axes.margins(x=0.16)


def _svg(figure: Figure, title: str) -> str:
    """The drawing as a part of a page: no prologue, a name for those who can't see it, page colours."""
    out = io.StringIO()
    figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(
        r'(<svg[^>]*?) width="[^"]*"', r"\1", re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text)
    )
    text = text.replace("<svg", f'<svg role="img" aria-label="{title}"', 1)
    text = text.replace(INK, "var(--ink)").replace(GRID, "var(--line)")
    for number, stand_in in enumerate(SERIES):
        text = text.replace(stand_in, f"var(--series-{number})")
    return re.sub(r"font: ([\d.]+px) [^;\"]*", r"font-size: \1", text)
