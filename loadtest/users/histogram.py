"""Latencies in buckets of three significant digits: small, exact to 1 in 100 or better, and mergeable.

A bucket is named by its lower edge in microseconds: 734 µs is in 734, 12,345 µs in 12300. Merging two
histograms is adding their counts, so percentiles over several runs or workers are those of all their
requests, which averages of percentiles are not. Without Locust, so that the host reads it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil

Buckets = dict[int, int]


def bucket(microseconds: float) -> int:
    """The bucket's lower edge, in microseconds."""
    whole = int(microseconds)
    if whole < 1000:
        return whole
    width: int = 10 ** (len(str(whole)) - 3)
    return whole - whole % width


def merged(histograms: Iterable[Mapping[int, int]]) -> Buckets:
    """One histogram of all the requests of several, in order of latency."""
    total: Buckets = {}
    for histogram in histograms:
        for edge, count in histogram.items():
            total[edge] = total.get(edge, 0) + count
    return dict(sorted(total.items()))


def percentile(histogram: Mapping[int, int], share: float) -> float:
    """The latency in ms that `share` (0 to 1) of the requests did not exceed; NaN without requests.

    Nearest rank: the smallest bucket that has at least `share` of all counts at or below it.
    """
    rank = max(1, ceil(share * sum(histogram.values())))
    seen = 0
    for edge in sorted(histogram):
        seen += histogram[edge]
        if seen >= rank:
            return edge / 1000
    return float("nan")
