"""In which order runs are made: rounds of all variants, in random order within each round.

A slow minute of the machine then hits every variant, and a round's runs can be compared in pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from bench.result import Variant

SWITCH_SECONDS = 14.0
"""What a run takes beside its load: recreating, flushing, starting Locust. To estimate with."""


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
