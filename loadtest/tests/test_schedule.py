"""The order of runs."""

from __future__ import annotations

from collections import Counter

from bench.result import Plan, Variant, Visits
from bench.schedule import duration, schedule, seconds, seeding_seconds, sizes

QUICK = ("none", "upstream-redis", "edge", "everything")
VARIANTS = [Variant(name, "", {}, Visits("readers", 16)) for name in QUICK]


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


def test_databases_are_seeded_once_and_that_is_in_the_time_a_plan_takes() -> None:
    variants = [
        Variant(f"{name}-{posts}", "", {}, Visits("readers", 16), posts)
        for posts in (10_000, 0, 1000)
        for name in ("none", "everything")
    ]
    plan = Plan(
        name="growth",
        variants=tuple(variants),
        baseline="none-0",
        rounds=2,
        warm=5,
        measure=5,
        seed=1,
    )
    assert sizes(plan) == [1000, 10_000]
    seeding = seeding_seconds(1000) + seeding_seconds(10_000)
    assert duration(plan) == seconds(12, 5, 5) + seeding
    assert seeding_seconds(1_000_000) > 100 * seeding_seconds(1000)
