"""How figures are written: the page, the Markdown and the terminal say the same in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.compare import Ratio
from bench.truth import seconds

if TYPE_CHECKING:
    from bench.reporting.lines import Line

NOT_ASKED = "–"
"""Nobody looked, which is not the same as nothing found."""


LAYERS = {
    "pages": "pages",
    "members": "members' pages",
    "assets": "objects",
    "redis": "Redis",
    "memcached": "Memcached",
}
"""Hit ratios' names in a run, and in tables."""


def figure(value: float) -> str:
    """Three figures at most, and no more places than mean something."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def times(ratio: Ratio) -> str:
    """`4.1× (3.6–4.8)`; without an interval where a single round can't give one."""
    if ratio.low is None or ratio.high is None:
        return f"{figure(ratio.value)}×"
    return f"{figure(ratio.value)}× ({figure(ratio.low)}–{figure(ratio.high)})"


def less(ratio: Ratio) -> str:
    """A ratio below 1 as a part: `1/33.3 (30.1–36.9)`."""
    part = f"1/{figure(1 / ratio.value)}"
    if ratio.low is None or ratio.high is None:
        return part
    # Turned over, the interval's ends change places.
    return f"{part} ({figure(1 / ratio.high)}–{figure(1 / ratio.low)})"


def part(ratio: Ratio) -> str:
    """`1/33.3 (30.1–36.9)`; as a multiple where it is one or more."""
    return times(ratio) if ratio.value >= 1 else less(ratio)


def thousands(value: float) -> str:
    return f"{value:,.0f}"


def rate(value: float) -> str:
    """Requests a second: whole from 10 on."""
    return f"{value:,.0f}" if value >= 10 else small(value)


def small(value: float) -> str:
    """Two significant digits below 1, and never an exponent; what is too small to be said is 0."""
    if value >= 1:
        return figure(value)
    if value < 0.0005:
        return "0"
    return f"{value:#.2g}"


def short(value: float) -> str:
    """Two significant digits, for narrow tables, and never an exponent."""
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else small(value)


def share(value: float) -> str:
    """A part of a whole; 100 % and 0 % only where it is all and nothing."""
    text = f"{100 * value:.1f}"
    if text == "100.0" and value < 1:
        text = "99.9"
    if text == "0.0" and value > 0:
        text = "<0.1"
    return f"{text.removesuffix('.0') if value in (0, 1) else text} %"


def speedup(line: Line) -> str:
    """Requests/s as times the base's. Where the load generator was the limit of one of them, the interval
    says nothing about the stack and is left out; where of both, the ratio says nothing either."""
    if line.is_baseline:
        return "1×"
    if line.throughput is None or line.bound == "both":
        return NOT_ASKED
    if line.bound == "none":
        return times(line.throughput)
    sign = "≥" if line.bound == "ours" else "≤"
    return f"{sign} {times(Ratio(line.throughput.value))}"


def saving(line: Line) -> str:
    """CPU per request as a part of the base's, `1/33.3 (30.1–36.9)`; as a multiple where it is more."""
    if line.is_baseline:
        return "1"
    return NOT_ASKED if line.cpu is None else part(line.cpu)


def stale(line: Line) -> str:
    """Stale answers per million checked reads. With none, how many were looked at is what was proved."""
    truth = line.truth
    if not truth.checked:
        return NOT_ASKED
    if not truth.stale:
        return f"0 of {truth.checked:,}"
    return f"{1e6 * truth.stale / truth.checked:,.0f}"


def stalest(line: Line) -> str:
    """The longest staleness seen."""
    return seconds(line.truth)


def leaks(line: Line) -> str:
    if not line.truth.leak_checks:
        return NOT_ASKED
    return f"{line.truth.leaks:,} of {line.truth.leak_checks:,}"


def verdict(line: Line) -> str:
    if not line.invalid:
        return "VALID"
    runs = len(line.runs)
    return "INVALID" if line.invalid == runs else f"{line.invalid} of {runs} INVALID"
