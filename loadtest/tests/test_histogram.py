"""Latencies in HDR buckets: close to what was measured, and the same however they are merged."""

from __future__ import annotations

from collections import Counter
from math import ceil, isnan
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from users.histogram import Buckets, bucket, merged, percentile, quantiles

latencies = st.lists(st.integers(min_value=1, max_value=100_000_000), min_size=1)
histograms = st.lists(st.integers(0, 100_000_000)).map(lambda found: Counter(map(bucket, found)))

# Value and lowest equivalent value, as HdrHistogram_py 0.10.8 has them: HdrHistogram(1, 120_000_000, 3).
RECORDED = [
    *((value, value) for value in (0, 1, 999, 1000, 2047, 2048)),
    *((2049, 2048), (4095, 4094), (4096, 4096), (4099, 4096), (12345, 12344), (99999, 99968)),
    *((123456, 123456), (1000000, 999936), (1048575, 1048064), (9999999, 9994240)),
    *((10000000, 9994240), (59999999, 59998208)),
]


@pytest.mark.parametrize(("microseconds", "edge"), RECORDED)
def test_the_buckets_are_those_of_the_hdr_histogram(microseconds: int, edge: int) -> None:
    assert bucket(microseconds) == edge


def test_percentiles_are_in_the_buckets_of_the_hdr_histogram() -> None:
    random = Random(1)
    found = Counter(bucket(random.randrange(1, 200_000)) for _ in range(1000))
    # The library gives a bucket's highest value, we its lowest.
    highest = {0.5: 101375, 0.95: 190207, 0.99: 197759, 0.999: 199679, 1.0: 199935}
    for share, microseconds in highest.items():
        assert percentile(found, share) * 1000 == bucket(microseconds)


@given(st.integers(min_value=0, max_value=10_000_000_000))
def test_a_bucket_is_within_three_digits_of_what_is_in_it(microseconds: int) -> None:
    assert 0 <= microseconds - bucket(microseconds) <= microseconds / 1024
    assert bucket(bucket(microseconds)) == bucket(microseconds)


@given(latencies, latencies)
def test_merging_is_as_if_all_had_been_counted_together(one: list[int], other: list[int]) -> None:
    apart = merged([Counter(map(bucket, one)), Counter(map(bucket, other))])
    assert apart == Counter(map(bucket, one + other))


@given(histograms, histograms, histograms)
def test_merging_has_no_order_and_no_grouping(one: Buckets, two: Buckets, three: Buckets) -> None:
    at_once = merged([one, two, three])
    assert merged([merged([one, two]), three]) == at_once
    assert merged([one, merged([two, three])]) == at_once
    assert merged([three, one, two]) == at_once
    assert merged([at_once, {}]) == at_once


@given(latencies, st.floats(min_value=0.01, max_value=1))
def test_a_percentile_is_the_nearest_rank_to_three_digits(found: list[int], share: float) -> None:
    exact = sorted(found)[max(1, ceil(share * len(found))) - 1]
    told = percentile(Counter(map(bucket, found)), share) * 1000
    assert exact - exact / 1024 - 1e-6 <= told <= exact + 1e-6


def test_nothing_has_no_percentile() -> None:
    assert isnan(percentile({}, 0.5))
    assert quantiles({}) == {}
