"""Intervals on an axis, as far as there is room: what goes on beyond its end has an arrow head there.

An interval of two rounds may span decades, and an axis that held all of it would show nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch

from bench.compare import Ratio

DECADES = 3
"""So far beyond the values may a logarithmic axis go for the sake of intervals."""

TIMES = 4
"""So many times its longest bar may an axis from 0 be for the sake of whiskers."""

MARGIN = 1.6
"""So many times what is shown does a logarithmic axis go on at both ends."""

LABEL = 0.15
"""The share of an axis from 0 that its last label needs, behind everything else."""


def logarithmic(values: Iterable[float], ratios: Iterable[Ratio]) -> tuple[float, float]:
    """From where to where an axis goes, with a margin: over all values, and over the intervals as far as
    DECADES beyond the values."""
    values = list(values)
    lowest, highest = min(values), max(values)
    ends = [*values, *(end for ratio in ratios for end in ends_of(ratio))]
    low, high = max(min(ends), lowest / 10**DECADES), min(max(ends), highest * 10**DECADES)
    return low / MARGIN, high * MARGIN


def from_nothing(values: Iterable[float], whiskers: Iterable[Ratio]) -> float:
    """How far everything but labels goes on an axis from 0: to the longest bar or dot, and to the whiskers'
    ends, at most TIMES as far as the former."""
    longest = max([*values, 1e-9])
    ends = [end for whisker in whiskers for end in ends_of(whisker)]
    return min(max([longest, *ends]), TIMES * longest)


def ends_of(ratio: Ratio) -> tuple[float, ...]:
    return () if ratio.low is None or ratio.high is None else (ratio.low, ratio.high)


def draw(
    axes: Axes, place: float, ratio: Ratio, until: tuple[float, float], name: str, **look: Any
) -> bool:
    """A line from the interval's low to its high, within `until`, with an arrow head where it goes on beyond.
    Nothing without an interval. Whether it was cut. name: its id in the drawing."""
    if ratio.low is None or ratio.high is None:
        return False
    low, high = max(ratio.low, until[0]), min(ratio.high, until[1])
    if low < high:
        (line,) = axes.plot([low, high], [place, place], "-", **look)
        line.set_gid(name)
    cuts = [("down", low)] if ratio.low < until[0] else []
    cuts += [("up", high)] if ratio.high > until[1] else []
    start = min(max(ratio.value, low), high)
    for way, end in cuts:
        head = FancyArrowPatch(
            (start, place),
            (end, place),
            arrowstyle="->",
            mutation_scale=12,
            shrinkA=0,
            shrinkB=0,
            **look,
        )
        head.set_clip_on(False)
        head.set_gid(f"{name}-goes-on-{way}")
        axes.add_patch(head)
    return bool(cuts)
