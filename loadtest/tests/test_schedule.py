"""The order of runs."""

from __future__ import annotations

from collections import Counter

from bench.schedule import schedule
from bench.variants import QUICK, chosen

VARIANTS = chosen(QUICK)


def test_every_round_has_every_variant_once() -> None:
    turns = schedule(VARIANTS, rounds=5, seed=1)
    assert Counter((turn.round, turn.variant.name) for turn in turns) == {
        (number, name): 1 for number in range(1, 6) for name in QUICK
    }
    assert [turn.round for turn in turns] == sorted(turn.round for turn in turns)


def test_the_order_is_the_seeds() -> None:
    assert schedule(VARIANTS, 5, seed=1) == schedule(VARIANTS, 5, seed=1)
    assert schedule(VARIANTS, 5, seed=1) != schedule(VARIANTS, 5, seed=2)


def test_rounds_differ_in_their_order() -> None:
    turns = schedule(VARIANTS, rounds=8, seed=1)
    orders = {tuple(t.variant.name for t in turns if t.round == number) for number in range(1, 9)}
    assert len(orders) > 1
