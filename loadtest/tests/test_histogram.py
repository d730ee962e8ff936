"""Latencies in buckets: close to what was measured, and the same however they are merged."""

from __future__ import annotations

from collections import Counter
from math import isnan

from hypothesis import given
from hypothesis import strategies as st

from users.histogram import bucket, merged, percentile

latencies = st.lists(st.integers(min_value=1, max_value=10_000_000), min_size=1)


@given(st.integers(min_value=0, max_value=10_000_000))
def test_a_bucket_is_within_one_percent_of_what_is_in_it(microseconds: int) -> None:
    assert 0 <= microseconds - bucket(microseconds) <= microseconds * 0.01


@given(latencies, latencies)
def test_merging_is_as_if_all_had_been_counted_together(one: list[int], other: list[int]) -> None:
    apart = merged([Counter(map(bucket, one)), Counter(map(bucket, other))])
    assert apart == Counter(map(bucket, one + other))


@given(latencies, st.floats(min_value=0.01, max_value=1))
def test_at_least_the_share_is_answered_within_its_percentile(
    found: list[int], share: float
) -> None:
    histogram = Counter(map(bucket, found))
    limit = percentile(histogram, share) * 1000
    within = sum(count for edge, count in histogram.items() if edge <= limit + 1e-6)
    assert within >= share * len(found) - 1e-6


def test_nothing_has_no_percentile() -> None:
    assert isnan(percentile({}, 0.5))
