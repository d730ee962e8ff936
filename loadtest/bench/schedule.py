"""In which order runs are made: rounds of all variants, in random order within each round.

A slow minute of the machine then hits every variant, and a round's runs can be compared in pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from bench.result import Plan, Variant

SWITCH_SECONDS = 14.0
"""What a run takes beside its load: recreating, flushing, starting Locust. To estimate with."""

SEEDING_START_SECONDS, POSTS_PER_SECOND = 15.0, 150.0
"""What filling a database takes, on two cores. To estimate with."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One run to make. Rounds count from 1."""

    round: int
    variant: Variant


def schedule(variants: Sequence[Variant], rounds: int, seed: int) -> list[Turn]:
    """All turns; the same seed gives the same order."""
    random = Random(f"schedule {seed}")
    turns: list[Turn] = []
    for number in range(1, rounds + 1):
        order = list(variants)
        random.shuffle(order)
        turns += [Turn(number, variant) for variant in order]
    return turns


def seconds(turns: int, warm: float, measure: float) -> float:
    """About how long so many runs take."""
    return turns * (SWITCH_SECONDS + warm + measure)


def sizes(plan: Plan) -> list[int]:
    """The databases that a plan needs beside the site's own, by their posts; the smallest first."""
    return sorted({variant.posts for variant in plan.variants} - {0})


def seeding_seconds(posts: int) -> float:
    """About how long it takes to fill an empty database."""
    return SEEDING_START_SECONDS + posts / POSTS_PER_SECOND


def duration(plan: Plan) -> float:
    """About how many seconds a whole plan takes."""
    runs = seconds(len(plan.variants) * plan.rounds, plan.warm, plan.measure)
    return runs + sum(map(seeding_seconds, sizes(plan)))
