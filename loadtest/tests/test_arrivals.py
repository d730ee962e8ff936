"""When visits are due: a Poisson process, the same for the same seed, and its parts make the whole."""

from __future__ import annotations

from itertools import islice, pairwise, takewhile
from random import Random
from statistics import fmean, pstdev

import pytest

from users.arrivals import poisson


def gaps(rate: float, seed: int, many: int) -> list[float]:
    due = list(islice(poisson(rate, Random(seed)), many))
    return [after - before for before, after in zip([0.0, *due], due, strict=False)]


def test_they_come_at_the_rate_and_in_bursts() -> None:
    found = gaps(50, 1, 20_000)
    assert fmean(found) == pytest.approx(1 / 50, rel=0.03)
    # Exponential gaps are as far apart as they are long; even spacing would have no spread.
    assert pstdev(found) == pytest.approx(fmean(found), rel=0.05)
    # Memoryless: who waited a mean gap has e times fewer left.
    assert sum(gap > 1 / 50 for gap in found) / len(found) == pytest.approx(0.368, abs=0.02)


def test_the_same_seed_is_the_same_visits() -> None:
    assert gaps(50, 7, 100) == gaps(50, 7, 100) != gaps(50, 8, 100)


def test_two_halves_of_the_rate_are_the_whole_rate() -> None:
    halves = [
        due for seed in (1, 2) for due in takewhile(lambda at: at < 400, poisson(25, Random(seed)))
    ]
    halves.sort()
    apart = [after - before for before, after in pairwise(halves)]
    assert fmean(apart) == pytest.approx(1 / 50, rel=0.03)
    assert pstdev(apart) == pytest.approx(fmean(apart), rel=0.05)
