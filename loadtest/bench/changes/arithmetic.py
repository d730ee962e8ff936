"""How many times the earlier figure the later one is, from rounds that don't belong together.

Within one result, rounds are pairs: their runs were made minutes apart. Round 1 of today and round 1 of
last week share nothing but their number, so here the rounds are two independent samples, and the interval
is Welch's, which does not take their spreads to be equal. It is taken of logarithms, for a ratio's sake: a
figure's spread grows with the figure, and 2x and 1/2x are equally far from 1.

A weighted mean of several variants' changes (`common`) is told more closely than any of them. How much their
rounds scatter differs by ten times from one variant to the next, and with three rounds that is hardly known.
Weights of the inverse variance would be taken from it all the same, and their interval be too narrow. So each
variant counts by the inverse of its standard error: a change by its own standard error follows Student's
distribution whatever the scatter is, and a sum of these has a distribution that can be worked out. What is
supposed: that one change is in all of them, and that their runs have nothing else in common, such as a
session in which everything is dearer.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import exp, log, sqrt
from statistics import fmean, variance

import msgspec
import numpy as np
from scipy.optimize import brentq
from scipy.special import gamma, kv, stdtrit

from bench.compare import Ratio

SURE = 0.975
"""Both ends of a 95 % interval."""

NOTHING = 1e-9
"""A standard error (of a logarithm) below this is rounding, and no scatter."""

MOST_FREEDOM = 60.0
"""More degrees of freedom count as so many, which makes an interval 2 % wider than need be: the functions
below overflow from 100 on."""


class _Moved(msgspec.Struct, frozen=True):
    """A change of the logarithm, its standard error, and the degrees of freedom of that (Welch and
    Satterthwaite)."""

    by: float
    error: float
    freedom: float


def change(before: Sequence[float], after: Sequence[float]) -> Ratio | None:
    """The geometric mean of `after` over that of `before`, with its 95 % interval; without one where either
    has a single value, and None where either has none. All values are above 0."""
    if not before or not after:
        return None
    if len(before) < 2 or len(after) < 2:
        return Ratio(exp(fmean(map(log, after)) - fmean(map(log, before))))
    moved = _moved(before, after)
    if moved.error < NOTHING:
        return Ratio(exp(moved.by), exp(moved.by), exp(moved.by))
    return _ratio(moved.by, float(stdtrit(moved.freedom, SURE)) * moved.error)


def scatter(before: Sequence[float], after: Sequence[float]) -> bool:
    """Whether a sample can have a part in `common`: two values on both sides, which differ."""
    return len(before) > 1 and len(after) > 1 and _moved(before, after).error >= NOTHING


def common(samples: Sequence[tuple[Sequence[float], Sequence[float]]]) -> Ratio:
    """Of one change in several samples (before, after) at once, each of which must `scatter`: by how much,
    with its 95 % interval."""
    moved = [_moved(before, after) for before, after in samples]
    weight = sum(1 / each.error for each in moved)
    by = sum(each.by / each.error for each in moved) / weight
    return _ratio(by, reach_of_sum([each.freedom for each in moved]) / weight)


def wider(ratio: Ratio, by: float) -> Ratio:
    """With its interval's ends so much further away; by: of the logarithm."""
    if ratio.low is None or ratio.high is None:
        return ratio
    return Ratio(ratio.value, ratio.low * exp(-by), ratio.high * exp(by))


def _ratio(mean: float, reach: float) -> Ratio:
    return Ratio(exp(mean), exp(mean - reach), exp(mean + reach))


def _moved(before: Sequence[float], after: Sequence[float]) -> _Moved:
    """Of at least two values on both sides."""
    old, new = [log(value) for value in before], [log(value) for value in after]
    parts = variance(old) / len(old), variance(new) / len(new)
    error = sqrt(sum(parts))
    if error == 0:
        return _Moved(fmean(new) - fmean(old), 0.0, float(len(old) + len(new) - 2))
    # The parts are scaled so that no square underflows.
    shares = parts[0] / sum(parts), parts[1] / sum(parts)
    freedom = 1 / (shares[0] ** 2 / (len(old) - 1) + shares[1] ** 2 / (len(new) - 1))
    return _Moved(fmean(new) - fmean(old), error, freedom)


def reach_of_sum(freedoms: Sequence[float]) -> float:
    """The quantile SURE of a sum of independent variables, each of Student's distribution with so many
    degrees of freedom: from their characteristic functions, by Gil-Pelaez' inversion (Biometrika 1951)."""
    capped = [min(freedom, MOST_FREEDOM) for freedom in freedoms]

    def product(u: np.ndarray) -> np.ndarray:
        found: np.ndarray = np.prod([_characteristic(u, freedom) for freedom in capped], axis=0)
        return found

    # For few degrees of freedom the functions fall as exp(-sqrt(freedom) u), for many as exp(-u² / 2).
    end = 40 / sum(map(sqrt, capped))
    while product(np.array([end]))[0] > 1e-12:
        end *= 1.5
    places, weights = _quadrature()
    u = end / 2 * (places + 1)
    integrand = end / 2 * weights * product(u) / u

    def off(x: float) -> float:
        return 0.5 + float(integrand @ np.sin(u * x)) / np.pi - SURE

    # The sum's is no further away than all of theirs together.
    most = sum(float(stdtrit(freedom, SURE)) for freedom in capped)
    return float(brentq(off, 0, 1.01 * most))


@cache
def _quadrature() -> tuple[np.ndarray, np.ndarray]:
    """Places from -1 to 1 and their weights (Gauss and Legendre's)."""
    places, weights = np.polynomial.legendre.leggauss(400)
    return places, weights


def _characteristic(u: np.ndarray, freedom: float) -> np.ndarray:
    """Of Student's distribution (S. Hurst 1995)."""
    half, x = freedom / 2, sqrt(freedom) * u
    found: np.ndarray = kv(half, x) * x**half / (gamma(half) * 2 ** (half - 1))
    return found
