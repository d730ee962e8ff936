"""How many times one figure is another, and how sure that is. Pure: numbers in, numbers out.

Figures of two variants are compared within a round, where they were measured minutes apart, and the rounds
are averaged. Why this way:

- Paired, because the machine's slow minutes and another day's neighbours are in both figures of a round and
  go out of their ratio. Two separate intervals, compared by whether they overlap, hold that noise twice.
- Logarithms, because a ratio is what is asked for: 2× and 1/2× are equally far from 1, the ratio the other
  way round is the inverse, and its interval is never below 0.
- Student's distribution, because the scatter is itself estimated from few rounds. With two rounds an interval
  is wide, as it must be; a normal distribution's would be wrong more than 5 times in 100 (with two rounds,
  30 times). Resampling (the bootstrap) has next to nothing to draw from with three rounds.
- The rounds are the sample, and not the requests: a million requests of one run share that run's luck.

A constant difference within rounds would not be seen by this; rounds are therefore drawn in random order.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log, sqrt
from statistics import fmean, stdev

import msgspec
from scipy.special import stdtrit

CONFIDENCE = 0.95


class Ratio(msgspec.Struct, frozen=True):
    """How many times the baseline, with its 95 % interval; None where one round can't tell."""

    value: float
    low: float | None = None
    high: float | None = None

    @property
    def undecided(self) -> bool:
        """Whether the interval holds 1: no difference was seen."""
        return self.low is None or self.high is None or self.low <= 1 <= self.high


def ratio(pairs: Sequence[tuple[float, float]]) -> Ratio | None:
    """The mean of each pair's first over its second; None when there is no pair to take it from.

    A pair without a figure above 0 on both sides has no ratio, and is left out.
    """
    logs = _logs(pairs)
    if not logs:
        return None
    mean = fmean(logs)
    if len(logs) == 1:
        return Ratio(exp(mean))
    # stdtrit(df, p): the quantile of Student's distribution.
    reach = float(stdtrit(len(logs) - 1, (1 + CONFIDENCE) / 2)) * stdev(logs) / sqrt(len(logs))
    return Ratio(exp(mean), exp(mean - reach), exp(mean + reach))


def spread(pairs: Sequence[tuple[float, float]]) -> float | None:
    """The standard deviation of the ratios' logarithms: 0.02 is about 2 %. None below two pairs."""
    logs = _logs(pairs)
    return stdev(logs) if len(logs) > 1 else None


def _logs(pairs: Sequence[tuple[float, float]]) -> list[float]:
    return [log(ours / base) for ours, base in pairs if ours > 0 and base > 0]
