"""The report's charts, as inline SVG that takes its colours and its letters from the page."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from math import ceil, log10
from typing import Any, NamedTuple

import matplotlib as mpl
from markupsafe import escape
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.optimize import isotonic_regression

from bench.compare import Ratio, Row
from bench.counters import PATH
from bench.reporting import intervals
from bench.reporting.lines import Line
from bench.reporting.timeline import Timeline, cores
from bench.reporting.words import small
from users.histogram import percentile

# Stand-ins that no chart uses otherwise; the page's style sheet says what they look like.
INK, GRID = "#010203", "#040506"
SERIES = tuple(f"#0a0b{number:02x}" for number in range(10))

DASHES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (8, 2, 2, 2)))
"""Ten colours are told apart by few people: lines differ in their dashes, too."""

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
    "legend.handlelength": 3.2,
}


GOES_ON = "→ the interval goes on beyond the axis"


def times(lines: Sequence[Line]) -> str:
    """How many times its base each variant is, with its interval: a line at 1 is no difference."""
    ours = [line for line in lines if not line.is_baseline]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.2, 1.6 + 0.5 * len(ours)), layout="constrained")
        axes: Axes = figure.subplots()
        points = [point for number, line in enumerate(ours) for point in _points(number, line)]
        ratios = [point.ratio for point in points]
        # Half and twice are in sight even where all is nearer to 1.
        until = intervals.logarithmic([0.5, 2, *(ratio.value for ratio in ratios)], ratios)
        axes.set_xscale("log")
        axes.set_xlim(until)
        cut = [_pointed(axes, number, point, until) for number, point in enumerate(points)]
        _variants(axes, ours)
        axes.axvline(1, color=INK, linewidth=1)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}×")
        axes.xaxis.set_minor_formatter(lambda value, _: "")
        axes.plot([], [], "o-", color=SERIES[0], label="more requests/s")
        axes.plot([], [], "s-", color=SERIES[1], label="less CPU per request")
        axes.legend(ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0), fontsize=9)
        said = "times its base (logarithmic), with 95 % interval\n▶ at least, ◀ at most"
        axes.set_xlabel(said + (f"\n{GOES_ON}" if any(cut) else ""))
        return svg(figure, "How many times its base each variant is", "times")


def throughput(lines: Sequence[Line]) -> str:
    """Bars of requests/s, with the interval of their mean and a dot for each run."""
    with mpl.rc_context(STYLE):
        figure, axes = _bars(lines)
        rates = [line.row.requests_per_second for line in lines]
        axes.barh(range(len(lines)), rates, color=SERIES[0], height=0.56)
        dots = [[run.load.requests_per_second for run in line.runs] for line in lines]
        for place, runs in enumerate(dots):
            # Beneath the bar, where they hide no figure.
            axes.plot(runs, [place + 0.38] * len(runs), "o", color=INK, markersize=4)
        cut = _values(
            axes,
            [("≥ " if line.row.at_least else "", line.row.requests_per_second) for line in lines],
            # Where the generator was the limit, an interval tells of it and not of the stack.
            [None if line.row.at_least else line.rate for line in lines],
            [rate for runs in dots for rate in runs],
        )
        said = "requests per second; whisker: 95 % interval of the mean; dot: a run; ≥ at least"
        axes.set_xlabel(said + (f"\n{GOES_ON}" if cut else ""))
        return svg(figure, "Requests per second of each variant", "throughput")


def cpu(lines: Sequence[Line]) -> str:
    """Stacked bars of CPU ms per request by service, with the interval of their sum."""
    with mpl.rc_context(STYLE):
        figure, axes = _bars(lines)
        left = [0.0] * len(lines)
        services = [name for name in PATH if any(line.row.cpu_ms.get(name) for line in lines)]
        for number, service in enumerate(services):
            spent = [line.row.cpu_ms.get(service, 0.0) for line in lines]
            colour = SERIES[number % len(SERIES)]
            axes.barh(range(len(lines)), spent, left=left, color=colour, height=0.56, label=service)
            left = [start + more for start, more in zip(left, spent, strict=True)]
        cut = _values(
            axes,
            [("", line.row.cpu_total_ms) for line in lines],
            [line.spent for line in lines],
            left,
        )
        said = "CPU milliseconds per request; whisker: 95 % interval of the mean"
        axes.set_xlabel(said + (f"\n{GOES_ON}" if cut else ""))
        axes.legend(
            ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1.0), fontsize=9, handlelength=1.4
        )
        return svg(figure, "CPU milliseconds per request by service", "cpu")


TICKS = (0.0, 0.5, 0.9, 0.99, 0.999, 0.9999)


def latency(lines: Sequence[Line]) -> str:
    """Latency by percentile, the rare ones as wide as the common ones (as HDR histograms are drawn)."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.2, 4.6), layout="constrained")
        axes: Axes = figure.subplots()
        for number, line in enumerate(lines):
            places, waits = _by_percentile(line)
            axes.plot(
                places,
                waits,
                drawstyle="steps-post",
                color=SERIES[number % len(SERIES)],
                linestyle=DASHES[(number // len(SERIES) + number) % len(DASHES)],
                label=line.name,
            )
        axes.set_xticks([rarity(share) for share in TICKS], [f"{100 * s:g} %" for s in TICKS])
        axes.set_xlim(0, rarity(TICKS[-1]) + 0.1)
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.yaxis.set_minor_formatter(lambda value, _: "")
        axes.set_xlabel("percentile of requests")
        axes.set_ylabel("milliseconds (logarithmic)")
        axes.grid(color=GRID, linewidth=0.5)
        axes.legend(ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0), fontsize=9)
        return svg(figure, "Latency by percentile", "latency")


def rarity(share: float) -> float:
    """A percentile's place on the axis: each further nine is one step."""
    return -log10(1 - share)


def _by_percentile(line: Line) -> tuple[list[float], list[float]]:
    """Up to the rarest that its requests can tell: one of n is 1 - 1/n."""
    total = sum(line.row.histogram.values())
    if not total:
        return [], []
    furthest = min(TICKS[-1], 1 - 1 / (total + 1))
    steps = [rarity(furthest) * step / 200 for step in range(201)]
    shares = [1 - 10**-place for place in steps]
    # What is answered within a microsecond would have no place on a logarithmic axis.
    return steps, [max(percentile(line.row.histogram, share), 0.001) for share in shares]


def timeline(times: Timeline, name: str, number: int) -> str:
    """A variant's runs second by second: requests, hit ratio at the edge, and CPU where it is known."""
    whats = ["requests/s", "edge hits, %", *(["cores"] if times.knows_cores else [])]
    with mpl.rc_context({**STYLE, "font.size": 9}):
        figure = Figure(figsize=(4.4, 0.8 + len(whats)), layout="constrained")
        rates, hits, *others = panels = figure.subplots(len(whats), 1, sharex=True)
        for position, run in enumerate(times.runs):
            look: dict[str, Any] = {
                "color": SERIES[position % len(SERIES)],
                "linestyle": DASHES[position % len(DASHES)],
                "linewidth": 1.3,
            }
            at = [second.at for second in run.seconds]
            rates.plot(at, [s.requests for s in run.seconds], label=f"round {run.round}", **look)
            known = [(s.at, 100 * s.edge_hits / s.edge_asked) for s in run.seconds if s.edge_asked]
            hits.plot([at for at, _ in known], [ratio for _, ratio in known], **look)
            used = [(s.at, total) for s in run.seconds if (total := cores(s)) is not None]
            for axes in others:
                axes.plot([at for at, _ in used], [total for _, total in used], **look)
        for axes, what in zip(panels, whats, strict=True):
            axes.set_ylim(bottom=0)
            axes.set_ylabel(what)
            axes.grid(color=GRID, linewidth=0.5)
        hits.set_ylim(-4, 104)
        panels[-1].set_xlabel("seconds")
        figure.align_ylabels()
        if len(times.runs) <= 5:
            rates.legend(
                ncols=len(times.runs), loc="lower center", bbox_to_anchor=(0.5, 1.0), fontsize=8
            )
        return svg(figure, f"{name}, second by second", f"timeline-{number}")


def staleness(rows: Sequence[Row]) -> str:
    """Requests/s against the longest staleness and against stale answers per million, a point a variant.

    Both axes are logarithmic with a place for 0, which is what a variant is for that shows nothing stale.
    Variants of which no answer was checked have no point; hollow points lie at least that far to the right.
    The table of speed and truth has the figures.
    """
    checked = [row for row in rows if row.truth.checked]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.2, 3.8), layout="constrained")
        longest, often = figure.subplots(1, 2, sharey=True)
        top = 1.15 * max((row.requests_per_second for row in checked), default=1)
        heights = [TALL * row.requests_per_second / top for row in checked]
        for row, height, place in zip(checked, heights, apart(heights, LINE), strict=True):
            least, up = bool(row.truth.still_stale), place - height
            _point(longest, row.truth.stalest, row, up, hollow=least)
            _point(often, row.truth.stale_per_million or 0.0, row, up, hollow=False)
        slowest = max([0.0, *(row.truth.stalest for row in checked)])
        _from_nothing(longest, "longest staleness, s", 0.1, slowest)
        longest.xaxis.set_major_formatter("{x:g}")
        _from_nothing(often, "stale answers per million", 100.0, 1e6)
        longest.set_ylabel("requests per second")
        longest.set_ylim(0, top)
        return svg(figure, "Requests per second against staleness", "staleness")


TALL, LINE = 220.0, 11.0
"""Points: about as tall is the chart of staleness, and a line of its letters."""


def apart(places: Sequence[float], gap: float) -> list[float]:
    """The nearest places (least squares) from 0 on that are in the same order and `gap` from each other."""
    order = sorted(range(len(places)), key=places.__getitem__)
    steps = [gap * number for number in range(len(order))]
    if not order:
        return []
    wanted = [places[index] - step for index, step in zip(order, steps, strict=True)]
    found = isotonic_regression(wanted).x
    moved = {
        index: max(float(place), 0.0) + step
        for index, place, step in zip(order, found, steps, strict=True)
    }
    return [moved[index] for index in range(len(places))]


def _point(axes: Axes, place: float, row: Row, up: float, *, hollow: bool) -> None:
    """With its variant's name beside it, `up` points higher: to the right at 0, elsewhere to the left, where
    there is room."""
    fill = "none" if hollow else SERIES[0]
    axes.plot([place], [row.requests_per_second], "o", color=SERIES[0], markerfacecolor=fill)
    side = {"xytext": (-8, up), "ha": "right"} if place else {"xytext": (8, up), "ha": "left"}
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


class _Point(NamedTuple):
    """A ratio in its chart. A bound (an arrowhead) has no interval."""

    place: float
    ratio: Ratio
    colour: str
    mark: str


def _points(number: int, line: Line) -> list[_Point]:
    found = []
    if line.throughput is not None and line.bound != "both":
        mark = {"none": "o", "ours": ">", "base": "<"}[line.bound]
        ratio = line.throughput if line.bound == "none" else Ratio(line.throughput.value)
        found.append(_Point(number - 0.13, ratio, SERIES[0], mark))
    if line.cpu is not None:
        found.append(_Point(number + 0.13, _inverse(line.cpu), SERIES[1], "s"))
    return found


def _pointed(axes: Axes, number: int, point: _Point, until: tuple[float, float]) -> bool:
    """Draws it; whether its interval goes on beyond the axis."""
    place, ratio, colour, mark = point
    axes.plot([ratio.value], [place], mark, color=colour, markersize=7)
    return intervals.draw(
        axes, place, ratio, until, f"interval-{number}", color=colour, linewidth=2
    )


def _inverse(ratio: Ratio) -> Ratio:
    low = None if ratio.high is None else 1 / ratio.high
    high = None if ratio.low is None else 1 / ratio.low
    return Ratio(1 / ratio.value, low, high)


def _bars(lines: Sequence[Line]) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(7.2, 1.4 + 0.46 * len(lines)), layout="constrained")
    axes: Axes = figure.subplots()
    _variants(axes, lines)
    return figure, axes


def _variants(axes: Axes, lines: Sequence[Line]) -> None:
    axes.set_yticks(range(len(lines)), [line.name for line in lines])
    axes.set_ylim(len(lines) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.set_axisbelow(True)
    axes.grid(axis="x", color=GRID, linewidth=0.5)


def _values(
    axes: Axes,
    values: Sequence[tuple[str, float]],
    whiskers: Sequence[Ratio | None],
    others: Sequence[float],
) -> bool:
    """Each bar's whisker, and its value behind both: small bars can be read, too. All is inside, up to a
    point (intervals.TIMES); whether a whisker goes on beyond the axis. others: what else is drawn."""
    drawn = [whisker for whisker in whiskers if whisker]
    most = intervals.from_nothing([*others, *(value for _, value in values)], drawn)
    axes.set_xlim(0, most / (1 - intervals.LABEL))
    cut = False
    for place, ((before, value), whisker) in enumerate(zip(values, whiskers, strict=True)):
        ends = intervals.ends_of(whisker) if whisker else ()
        if whisker:
            look = {"color": INK, "linewidth": 1.2}
            cut |= intervals.draw(axes, place, whisker, (0, most), f"whisker-{place}", **look)
            inside = [each for each in ends if each <= most]
            axes.plot(inside, [place] * len(inside), "|", color=INK, markersize=8)
        end = min(max([value, *ends]), most)
        offset: dict[str, Any] = {"xytext": (8, 0), "textcoords": "offset points"}
        axes.annotate(before + small(value), (end, place), va="center", fontsize=10, **offset)
    return cut


def svg(figure: Figure, title: str, name: str) -> str:
    """The drawing as a part of a page: no prologue, a name for those who can't see it, page colours.
    `name` keeps its inner references apart from those of the page's other drawings."""
    out = io.StringIO()
    figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    head, rest = text.split(">", 1)
    head = re.sub(r' (?:width|height)="[^"]*"', "", head)
    text = f"{head}>{rest}".replace("<svg", f'<svg role="img" aria-label="{escape(title)}"', 1)
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'(href="|url\()#', rf"\1#{name}-", text)
    text = text.replace(INK, "var(--ink)").replace(GRID, "var(--line)")
    for number, stand_in in enumerate(SERIES):
        text = text.replace(stand_in, f"var(--series-{number})")
    return re.sub(r"font: ([\d.]+px) [^;\"]*", r"font-size: \1", text)
