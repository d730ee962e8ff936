"""The statistics, held against runs of which the truth is known: simulated ones."""

from __future__ import annotations

from math import exp
from random import Random

import pytest

from bench.ratios import ratio, spread

TIMES = 4000
ROUND, RUN = 0.15, 0.02
"""Standard deviations of the logarithm: of what a whole round has in common, and of each run's own."""


def comparison(random: Random, rounds: int, truth: float) -> list[tuple[float, float]]:
    """CPU per request of two variants over some rounds. truth: how many times the other's the first is."""
    pairs = []
    for _ in range(rounds):
        slow = random.gauss(0, ROUND)
        ours, base = (5.0 * exp(slow + random.gauss(0, RUN)) for _ in range(2))
        pairs.append((truth * ours, base))
    return pairs


def seen(rounds: int, truth: float, seed: int) -> float:
    """The share of comparisons that see a difference."""
    random = Random(seed)
    found = [ratio(comparison(random, rounds, truth)) for _ in range(TIMES)]
    return sum(each is not None and not each.undecided for each in found) / TIMES


@pytest.mark.parametrize("rounds", [2, 3, 5, 10])
def test_of_a_hundred_comparisons_of_one_and_the_same_about_five_see_a_difference(
    rounds: int,
) -> None:
    # One standard error of the count is 0.35 %.
    assert seen(rounds, truth=1.0, seed=1) == pytest.approx(0.05, abs=0.012)


@pytest.mark.parametrize(("rounds", "least"), [(3, 0.80), (4, 0.95), (5, 0.99)])
def test_a_tenth_is_seen(rounds: int, least: float) -> None:
    assert seen(rounds, truth=1.1, seed=2) > least


def test_the_interval_holds_the_truth_in_95_of_100() -> None:
    random = Random(3)
    held = 0
    for _ in range(TIMES):
        found = ratio(comparison(random, 4, truth=2.5))
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 2.5 <= found.high
    assert held / TIMES == pytest.approx(0.95, abs=0.012)


def test_pairing_takes_out_what_a_round_has_in_common() -> None:
    pairs = comparison(Random(4), 400, truth=1.0)
    assert spread(pairs) == pytest.approx(RUN * 2**0.5, rel=0.1)
    ours = [ours for ours, _ in pairs]
    apart = list(zip(ours, ours[1:] + ours[:1], strict=True))
    assert (spread(apart) or 0) > 5 * (spread(pairs) or 1)
