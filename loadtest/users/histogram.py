"""Latencies in the buckets of an HDR histogram with three significant digits: small, exact to 1 in 1,024,
and mergeable without loss.

The buckets are those of HdrHistogram with a lowest value of 1 µs and three digits: single microseconds
below 2,048, and above it 1,024 of equal width for each power of two. Each is named by its lower edge in
microseconds (HdrHistogram's lowest equivalent value): 734 µs is in 734, 12,345 µs in 12344. Merging
histograms is adding their counts, in any order and any grouping, so percentiles over several runs or
workers are those of all their requests, which averages of percentiles are not.

Not the library (`hdrhistogram` on PyPI, alive: 0.10.8 of October 2026), which the tests' recorded figures
come from: it has no wheel for Linux on arm64, so that both the load's image and whoever runs the benchmark
would need a C compiler there; it keeps 147 kB of counters for each histogram, and we keep one for each kind
of request and each second; and what we need of it is the four lines of `bucket`. Without Locust, so that
the host reads it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil

Buckets = dict[int, int]

RESOLUTION_BITS = 11
"""2,048 is the least power of two that tells 2 × 10³ values apart: three significant digits."""


def bucket(microseconds: float) -> int:
    """The bucket's lower edge, in microseconds; at most 1/1,024 below what is in it."""
    whole = int(microseconds)
    width = whole.bit_length() - RESOLUTION_BITS
    return whole if width <= 0 else whole >> width << width


def merged(histograms: Iterable[Mapping[int, int]]) -> Buckets:
    """One histogram of all the requests of several, in order of latency."""
    total: Buckets = {}
    for histogram in histograms:
        for edge, count in histogram.items():
            total[edge] = total.get(edge, 0) + count
    return dict(sorted(total.items()))


def percentile(histogram: Mapping[int, int], share: float) -> float:
    """The latency in ms that `share` (0 to 1) of the requests did not exceed; NaN without requests.

    Nearest rank: the smallest bucket that has at least `share` of all counts at or below it. It is
    given by its lower edge, at most 1/1,024 below the true value.
    """
    rank = max(1, ceil(share * sum(histogram.values())))
    seen = 0
    for edge in sorted(histogram):
        seen += histogram[edge]
        if seen >= rank:
            return edge / 1000
    return float("nan")


def quantiles(histogram: Mapping[int, int]) -> dict[str, float]:
    """`min`, `median`, `p95`, `p99` and `max` in ms; {} without requests: nothing has no latency."""
    if not histogram:
        return {}
    return {
        "min": min(histogram) / 1000,
        "median": percentile(histogram, 0.5),
        "p95": percentile(histogram, 0.95),
        "p99": percentile(histogram, 0.99),
        "max": max(histogram) / 1000,
    }
