"""How much of each part."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from bench.result import Plan
from bench.schedule import seconds


@dataclass(frozen=True)
class Asked:
    """comparisons: of one variant with itself (`same`) and with its slowed self (`slowed`), of so many
    paired rounds each. Seconds: `warm` of each of their runs, and `same_measure` and `slowed_measure`;
    `long_warm` and `long_measure` of the two runs that must repeat. `layers_rounds`: of an experiment whose
    other facts are its own."""

    same: int
    slowed: int
    same_rounds: int
    slowed_rounds: int
    warm: float
    same_measure: float
    slowed_measure: float
    long_warm: float
    long_measure: float
    layers_rounds: int

    FULL: ClassVar[Asked]
    SHORT: ClassVar[Asked]

    @property
    def missed_at_most(self) -> tuple[int, int]:
        """Comparisons of `same` that may see a difference, and of `slowed` that may see none: 1 of 20, and
        1 of 10; of fewer one as well, since one is what chance gives. Of one or two none: a check that lets
        all of them pass can't fail."""
        chance = 1 if self.same > 2 else 0, 1 if self.slowed > 2 else 0
        return max(chance[0], self.same // 20), max(chance[1], self.slowed // 10)

    def minutes(self) -> dict[str, float]:
        """About how long each part takes."""
        same = seconds(2 * self.same * self.same_rounds, self.warm, self.same_measure)
        slowed = seconds(2 * self.slowed * self.slowed_rounds, self.warm, self.slowed_measure)
        return {
            "aa": same / 60,
            "repeat": seconds(2, self.long_warm, self.long_measure) / 60,
            "detect": slowed / 60,
        }

    def layers_minutes(self, plan: Plan) -> float:
        """About how long its two results take."""
        runs = 2 * len(plan.variants) * self.layers_rounds
        return seconds(runs, plan.warm, plan.measure) / 60


# Three rounds have an interval; with 2 % of noise in each run they would see a tenth in 8 of 10, five in 99
# of 100 (loadtest/tests/test_calibration.py). What a machine adds from second to second is averaged out
# in long runs: one that is to be told from another is longer than one that must only not be.
Asked.FULL = Asked(
    same=20,
    slowed=10,
    same_rounds=3,
    slowed_rounds=5,
    warm=6,
    same_measure=6,
    slowed_measure=12,
    long_warm=20,
    long_measure=60,
    layers_rounds=3,
)
Asked.SHORT = replace(Asked.FULL, same=3, slowed=3, long_warm=10, long_measure=20)
