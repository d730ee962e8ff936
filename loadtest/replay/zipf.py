"""How popularity is spread: the exponent of Zipf's law, and how well the law describes it.

Where the page of rank r is read in proportion to 1/r**alpha, the share of pages that are read x times
falls as 1/x**beta with beta = 1 + 1/alpha. beta is found by maximum likelihood for discrete power laws
(Clauset, Shalizi, Newman: Power-law distributions in empirical data, SIAM Review 51, 2009), from the
number of reads on at which the law describes the data best: where the Kolmogorov-Smirnov distance
between the two is smallest. So neither pages that were read a few times, of which chance decides, nor
the order of ranks, which is noise there, are fitted.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import zeta

LEAST = 50
"""Things that must be left to fit, or nothing is said (the paper's advice for this method)."""

NOISY = 10
"""Below so many reads a page's count is its popularity give or take a third, by chance: counts that are
smaller are fitted only where there are not LEAST pages with more, and alpha then comes out too low."""

CANDIDATES = 60
STEEPEST = 12.0
"""beta; alpha would be 0.09, which is nearly even."""

Counts = NDArray[np.int64]


class Zipf(msgspec.Struct, frozen=True):
    alpha: float
    error: float
    """One standard error of alpha."""
    distance: float
    """Kolmogorov-Smirnov, 0 to 1: the largest difference between the shares of pages read more than x
    times, in the log and in the law."""
    least: int
    """Things that were read at least so often were fitted."""
    things: int
    """So many of the sample."""
    reads_share: float
    """What share of the reads they got."""

    @property
    def verdict(self) -> str:
        return "good" if self.distance < 0.05 else "fair" if self.distance < 0.1 else "poor"


def fit(reads: Iterable[int]) -> Zipf | None:
    """reads: of each thing, how often. None where too few were read often enough, or all as often."""
    counts = np.sort(np.fromiter(reads, dtype=np.int64))
    values = np.unique(counts)
    if len(counts) < LEAST or len(values) < 3:
        return None
    highest = counts[-LEAST]
    candidates = values[(values <= highest) & (values >= min(NOISY, highest))]
    if len(candidates) > CANDIDATES:
        places = np.geomspace(1, len(candidates), CANDIDATES).astype(int) - 1
        candidates = candidates[np.unique(places)]
    fits = [found for least in candidates if (found := _from(counts, int(least)))]
    return min(fits, key=lambda found: found.distance, default=None)


def _from(counts: Counts, least: int) -> Zipf | None:
    tail = counts[np.searchsorted(counts, least) :]
    values, frequencies = np.unique(tail, return_counts=True)
    if len(values) < 3:
        return None
    logs = float(np.log(tail).sum())

    def surprise(beta: float) -> float:
        return len(tail) * float(np.log(zeta(beta, least))) + beta * logs

    beta = float(minimize_scalar(surprise, bounds=(1.05, STEEPEST), method="bounded").x)
    above = 1 - np.cumsum(frequencies) / len(tail)
    law = zeta(beta, values + 1.0) / zeta(beta, least)
    return Zipf(
        alpha=1 / (beta - 1),
        error=1 / ((beta - 1) * sqrt(len(tail))),
        distance=float(np.max(np.abs(above - law))),
        least=least,
        things=len(tail),
        reads_share=float(tail.sum() / counts.sum()),
    )
