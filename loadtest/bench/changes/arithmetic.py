"""How many times the earlier figure the later one is, from rounds that don't belong together.

Within one result, rounds are pairs: their runs were made minutes apart. Round 1 of today and round 1 of
last week share nothing but their number, so here the rounds are two independent samples, and the interval
is Welch's, which does not take their spreads to be equal. It is taken of logarithms, for a ratio's sake: a
figure's spread grows with the figure, and 2x and 1/2x are equally far from 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log, sqrt
from statistics import fmean, variance

from scipy.special import stdtrit

from bench.compare import Ratio


def change(before: Sequence[float], after: Sequence[float]) -> Ratio | None:
    """The geometric mean of `after` over that of `before`, with its 95 % interval; without one where either
    has a single value, and None where either has none. All values are above 0."""
    if not before or not after:
        return None
    old, new = [log(value) for value in before], [log(value) for value in after]
    mean = fmean(new) - fmean(old)
    if len(old) < 2 or len(new) < 2:
        return Ratio(exp(mean))
    parts = variance(old) / len(old), variance(new) / len(new)
    error = sqrt(sum(parts))
    if error == 0:
        return Ratio(exp(mean), exp(mean), exp(mean))
    # Welch and Satterthwaite's degrees of freedom, with the parts scaled so that no square underflows.
    shares = parts[0] / sum(parts), parts[1] / sum(parts)
    freedom = 1 / (shares[0] ** 2 / (len(old) - 1) + shares[1] ** 2 / (len(new) - 1))
    reach = float(stdtrit(freedom, 0.975)) * error
    return Ratio(exp(mean), exp(mean - reach), exp(mean + reach))
