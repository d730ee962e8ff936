"""Zipf: the right shares, and the same draws for the same seed."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from users.popularity import Popularity


@pytest.mark.parametrize("alpha", [0.6, 0.8, 1.2])
def test_the_first_is_drawn_2_to_the_alpha_times_as_often_as_the_second(alpha: float) -> None:
    pages = Popularity(range(1000), alpha, seed=1)
    random = Random(7)
    drawn = Counter(pages.draw(random) for _ in range(200_000))
    first, second = (drawn[page] for page in pages.ranked[:2])
    assert first / second == pytest.approx(2**alpha, rel=0.08)


def test_every_item_can_be_drawn_and_no_other() -> None:
    pages = Popularity("abc", 0.8, seed=1)
    random = Random(7)
    assert {pages.draw(random) for _ in range(1000)} == set("abc")


def test_the_order_is_the_seeds_and_not_the_order_of_learning() -> None:
    forth, back = (Popularity(order, 0.8, seed=3) for order in ("abcdefgh", "hgfedcba"))
    assert forth.ranked == back.ranked
    assert forth.ranked != Popularity("abcdefgh", 0.8, seed=4).ranked


def test_nothing_to_choose_from_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to choose"):
        Popularity([], 0.8, seed=1)
