"""Intervals on an axis: what is inside, and what shows that it goes on."""

from __future__ import annotations

import re
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.compare import Ratio
from bench.reporting import charts, intervals
from bench.reporting.lines import lines
from fakes.results import result


@pytest.mark.parametrize(
    ("ratio", "inside", "outside"),
    [
        (Ratio(354, 108, 1162), [0.5, 108, 354, 1162], []),
        (Ratio(4, 0.01, 1600), [0.01, 1600], []),
        (Ratio(4, 1e-5, 1e6), [0.5 / 1000, 4000], [1e-5, 1e6]),
        (Ratio(4), [0.5, 4], [100]),
    ],
)
def test_a_logarithmic_axis_holds_intervals_up_to_three_decades_beyond_the_values(
    ratio: Ratio, inside: list[float], outside: list[float]
) -> None:
    low, high = intervals.logarithmic([0.5, 2, ratio.value], [ratio])
    assert all(low < each < high for each in inside)
    assert not any(low < each < high for each in outside)


@pytest.mark.parametrize(
    ("low", "heads"),
    [(1 / 1162, 0), (1e-9, 1)],
)
def test_intervals_of_ratios_are_whole_or_have_a_head(low: float, heads: int) -> None:
    # A part of the CPU is drawn turned over: its low end is the one to the right.
    cpu = Ratio(1 / 354, low, 1 / 108)
    none, everything = lines(result(("none", "everything")))
    drawn = charts.times([none, msgspec.structs.replace(everything, cpu=cpu)])
    assert drawn.count('-goes-on-up"') == heads
    assert drawn.count('-goes-on-down"') == 0
    assert (charts.GOES_ON in drawn) == bool(heads)


@pytest.mark.parametrize(
    ("values", "whiskers", "most"),
    [
        ([10.0, 20.0], [Ratio(20, 15, 26)], 26),
        ([10.0, 20.0], [Ratio(20, 19, 20), Ratio(10)], 20),
        ([10.0, 20.0], [Ratio(20, 2, 900)], 20 * intervals.TIMES),
    ],
)
def test_an_axis_from_nothing_holds_whiskers_up_to_a_point(
    values: list[float], whiskers: list[Ratio], most: float
) -> None:
    assert intervals.from_nothing(values, whiskers) == most


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [
        (Ratio(5, 2, 9), ["i"]),
        (Ratio(5, 0.1, 9), ["i", "i-goes-on-down"]),
        (Ratio(5, 2, 99), ["i", "i-goes-on-up"]),
        (Ratio(5, 0.1, 99), ["i", "i-goes-on-down", "i-goes-on-up"]),
        (Ratio(5), []),
    ],
)
def test_an_arrow_head_stands_where_an_interval_goes_on(ratio: Ratio, expected: list[str]) -> None:
    axes: Axes = Figure().subplots()
    cut = intervals.draw(axes, 0, ratio, (1, 10), "i", color="black", linewidth=1)
    names = [str(artist.get_gid()) for artist in axes.get_children() if artist.get_gid()]
    assert sorted(names) == expected
    assert cut == (len(expected) > 1)
    for line in axes.get_lines():
        ends = line.get_xdata()
        assert 1 <= min(ends) < max(ends) <= 10  # type: ignore[arg-type]


def test_what_is_only_at_least_has_no_whisker() -> None:
    found = lines(result(("none", "upstream-redis", "everything")))
    assert [line.row.at_least for line in found] == [False, False, True]
    drawn = re.findall(r'id="throughput-(whisker-\d)"', charts.throughput(found))
    assert drawn == ["whisker-0", "whisker-1"]
    # What a request costs is not the generator's to limit.
    assert len(re.findall(r'id="cpu-whisker-\d"', charts.cpu(found))) == 3


@pytest.mark.parametrize("wide", [1.1, 2.0, 3.9, 50.0])
def test_values_stand_behind_their_whiskers_and_within_the_drawing(wide: float) -> None:
    figure = Figure(figsize=(7.2, 3), layout="constrained")
    axes: Axes = figure.subplots()
    bars = [("≥ ", 3716.0), ("", 264.0), ("", 29.0)]
    whiskers = [None, Ratio(264, 200, 300), Ratio(29, 3, 3716.0 * wide)]
    assert charts._values(axes, bars, whiskers, []) == (wide > intervals.TIMES)
    axes.set_ylim(2.6, -0.6)
    figure.draw_without_rendering()
    edge = axes.get_window_extent().x1
    ends = {str(line.get_gid()): line.get_window_extent().x1 for line in axes.get_lines()}
    assert len(axes.texts) == len(bars)
    for place, text in enumerate(axes.texts):
        box = text.get_window_extent()
        assert box.x1 <= edge
        assert box.x0 > ends.get(f"whisker-{place}", 0)


@given(st.lists(st.floats(min_value=0, max_value=220), max_size=8))
def test_names_beside_points_leave_each_other_room(places: list[float]) -> None:
    moved = charts.apart(places, 11.0)
    ordered = sorted(moved)
    assert all(above - below > 10.99 for below, above in pairwise(ordered))
    assert all(place >= 0 for place in moved)
    ranks = sorted(range(len(places)), key=places.__getitem__)
    assert [moved[index] for index in ranks] == ordered


def test_names_that_have_room_stay_where_they_are() -> None:
    assert charts.apart([100.0, 0.0, 50.0], 11.0) == [100.0, 0.0, 50.0]
