"""What a plan says of itself, for those who run it and those who read its result."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest

from bench.load import LocustInContainer
from bench.result import Pair, Plan, Variant, Visits

CLOSED = Visits(mix="readers", users=16, pages=300)
OPEN = Visits(mix={"reader": 90, "member": 10.5}, users=0, rate=120.0, alpha=0.6)


def plan(**changes: object) -> Plan:
    facts: dict[str, object] = {
        "name": "two",
        "variants": (
            Variant("none", "Nothing is kept.", {"LAB_UPSTREAM": "off"}, CLOSED),
            Variant("edge", "Pages are kept.", {"LAB_EDGE_PAGES": "on"}, CLOSED),
            Variant("open", "Others come.", {}, OPEN, posts=1000),
        ),
        "baseline": "none",
        "pairs": (Pair("open", "edge", "other visitors"),),
        "rounds": 2,
        "warm": 7,
        "measure": 6,
        "seed": 3,
    }
    return msgspec.convert({**facts, **changes}, Plan)


@pytest.mark.parametrize(
    ("visits", "said"),
    [
        (CLOSED, "mix “readers”, closed loop, 16 visits under way at any time"),
        (CLOSED, "Zipf 0.8 over 300 posts"),
        (OPEN, "mix “reader=90,member=10.5”, open loop, 120 visits begin each second"),
        (OPEN, "Zipf 0.6 over all posts"),
    ],
)
def test_a_load_is_told_in_words(visits: Visits, said: str) -> None:
    assert said in visits.sentence


def test_each_load_is_told_once() -> None:
    assert plan().visits == [CLOSED, OPEN]


def test_a_variant_is_compared_with_its_own_base_else_with_the_baseline() -> None:
    assert plan().base_of("open") == "edge"
    assert plan().base_of("edge") == "none"


def test_a_variant_is_found_by_its_name() -> None:
    assert plan().variant("open").posts == 1000
    with pytest.raises(KeyError):
        plan().variant("cdn")


def test_a_plan_survives_being_written_down() -> None:
    assert msgspec.json.decode(msgspec.json.encode(plan()), type=Plan) == plan()


@pytest.mark.parametrize(
    ("visits", "workers", "said", "unsaid"),
    [
        (CLOSED, 1, {"--mix": "readers", "--users": "16", "--pages": "300"}, "--rate"),
        (
            OPEN,
            3,
            {"--mix": "reader=90,member=10.5", "--rate": "120.0", "--workers": "3"},
            "--users",
        ),
    ],
)
def test_the_driver_is_told_the_load(
    visits: Visits, workers: int, said: dict[str, str], unsaid: str
) -> None:
    words = LocustInContainer().command(plan(workers=workers), visits, seed=7)
    options = dict(pairwise(words))
    assert said.items() <= options.items()
    assert options["--seed"] == "7"
    assert not set(unsaid.split()) & set(words)
