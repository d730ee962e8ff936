"""The miss-ratio curves and the popularity, against simulations that keep everything."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from math import inf
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.curve import SHARES, curve
from replay.kinds import hashed
from replay.lifetimes import LIFETIMES
from replay.sample import Sample, bucket
from replay.stack import CHUNK, Stack
from replay.top import Top
from replay.zipf import fit

Trace = Sequence[tuple[str, int]]
"""`read` or `write`, and of which thing."""


def lru_misses(trace: Trace, size: int) -> int:
    """An LRU cache of `size` things, from which a write takes what it is about."""
    cache: OrderedDict[int, None] = OrderedDict()
    misses = 0
    for what, thing in trace:
        if what == "write":
            cache.pop(thing, None)
        elif thing in cache:
            cache.move_to_end(thing)
        else:
            misses += 1
            cache[thing] = None
            if len(cache) > size:
                cache.popitem(last=False)
    return misses


def lru_misses_by_bytes(trace: Trace, size: int, sizes: Sequence[int]) -> int:
    cache: OrderedDict[int, int] = OrderedDict()
    misses = 0
    for _, thing in trace:
        misses += thing not in cache
        cache[thing] = sizes[thing]
        cache.move_to_end(thing)
        while sum(cache.values()) > size:
            cache.popitem(last=False)
    return misses


def lifetime_misses(
    trace: Trace, times: Sequence[float], lifetime: float, purges: bool
) -> tuple[int, int]:
    """Misses and stale hits of a cache that keeps each thing for `lifetime` seconds."""
    fetched: dict[int, float] = {}
    written: dict[int, float] = {}
    misses = stale = 0
    for (what, thing), at in zip(trace, times, strict=True):
        if what == "write":
            written[thing] = at
            if purges:
                fetched.pop(thing, None)
        elif at - fetched.get(thing, -inf) < lifetime:
            stale += fetched[thing] < written.get(thing, -inf)
        else:
            misses += 1
            fetched[thing] = at
    return misses, stale


def sampled(
    trace: Trace,
    most: int,
    times: Sequence[float] | None = None,
    sizes: Sequence[int] | None = None,
) -> Sample:
    sample = Sample(most)
    for number, (what, thing) in enumerate(trace):
        at = times[number] if times else float(number)
        name = hashed(b"/posts/%d/" % thing)
        if what == "write":
            sample.write(name, at)
        else:
            sample.read(name, at, sizes[thing] if sizes else 1)
    return sample


def zipf_trace(things: int, reads: int, alpha: float, writes: float = 0.0, seed: int = 7) -> Trace:
    random = Random(seed)
    weights = [rank**-alpha for rank in range(1, things + 1)]
    drawn = random.choices(range(things), weights=weights, k=reads)
    return [("write" if random.random() < writes else "read", thing) for thing in drawn]


def reads_of(trace: Trace) -> int:
    return sum(what == "read" for what, _ in trace)


STEPS = st.lists(
    st.tuples(st.sampled_from(["read", "read", "read", "write"]), st.integers(0, 12)), max_size=200
)


@given(trace=STEPS)
def test_the_whole_stack_is_every_lru_cache_at_once_writes_and_all(trace: Trace) -> None:
    sample = sampled(trace, most=100)
    for size in range(1, 15):
        hits = sum(count for depth, count in sample.depths.items() if depth <= size)
        assert sample.reads - hits == lru_misses(trace, size)


@given(
    trace=st.lists(st.tuples(st.just("read"), st.integers(0, 9)), max_size=150),
    sizes=st.lists(st.integers(1, 50), min_size=10, max_size=10),
    size=st.integers(50, 300),
)
def test_by_bytes_too(trace: Trace, sizes: list[int], size: int) -> None:
    sample = sampled(trace, most=100, sizes=sizes)
    hits = sum(count for volume, count in sample.volumes.items() if volume <= size)
    assert sample.reads - hits == lru_misses_by_bytes(trace, size, sizes)


@given(trace=STEPS, data=st.data())
def test_a_lifetime_counts_from_the_fetch(trace: Trace, data: st.DataObject) -> None:
    steps = data.draw(
        st.lists(
            st.sampled_from([0.0, 0.5, 3.0, 40.0, 500.0]), min_size=len(trace), max_size=len(trace)
        )
    )
    times = [float(at) for at in np.cumsum(steps)]
    found = sampled(trace, most=100, times=times).lifetimes
    for place, lifetime in enumerate(LIFETIMES):
        aged = lifetime_misses(trace, times, lifetime, purges=False)
        assert (found.missed[place], found.stale[place]) == aged
        assert (
            found.missed_when_purged[place]
            == lifetime_misses(trace, times, lifetime, purges=True)[0]
        )


def test_a_copy_from_the_future_is_not_believed() -> None:
    sample = Sample()
    for at in (1e9, 0.0, 1.0):
        sample.read(1, at, 1)
    assert sample.lifetimes.missed[-1] == 2


@pytest.mark.parametrize("alpha", [0.6, 0.8, 1.0])
def test_as_long_as_the_sample_holds_all_the_curve_is_exact(alpha: float) -> None:
    trace = zipf_trace(2000, 30_000, alpha, writes=0.02)
    sample = sampled(trace, most=2000)
    found = curve(sample)
    assert found is not None
    assert sample.exact
    assert sample.distinct == len({thing for what, thing in trace if what == "read"})
    for size in found.by_size:
        assert size.miss_ratio == pytest.approx(lru_misses(trace, size.things) / reads_of(trace))
    best = found.first_ratio + found.purged_ratio
    assert best == pytest.approx(lru_misses(trace, 10**6) / reads_of(trace))


@pytest.mark.parametrize("alpha", [0.6, 0.8, 1.0])
def test_a_sample_of_a_fifth_is_off_by_no_more_than_0_05(alpha: float) -> None:
    """An eighth of the default's size: the error falls with the root of it, and with a larger share."""
    trace = zipf_trace(20_000, 100_000, alpha, writes=0.01)
    times = [number / 50 for number in range(len(trace))]
    whole, part = (curve(sampled(trace, most, times)) for most in (20_000, 4096))
    assert whole is not None
    assert part is not None
    for size, estimate in zip(whole.by_size, part.by_size, strict=True):
        assert estimate.miss_ratio == pytest.approx(size.miss_ratio, abs=0.05)
    for lifetime, estimated in zip(whole.by_lifetime, part.by_lifetime, strict=True):
        assert estimated.miss_ratio == pytest.approx(lifetime.miss_ratio, abs=0.05)
        assert estimated.stale_ratio == pytest.approx(lifetime.stale_ratio, abs=0.05)


def test_a_sample_tells_how_many_there_are_and_how_many_were_read_once() -> None:
    trace = zipf_trace(20_000, 100_000, 0.8)
    whole, part = sampled(trace, 20_000), sampled(trace, 2000)
    assert len(part.things) == 2000
    assert not part.exact
    assert part.distinct == pytest.approx(whole.distinct, rel=0.07)  # three standard errors
    assert part.once / len(part.things) == pytest.approx(whole.once / len(whole.things), abs=0.035)


def test_a_sample_never_holds_more_than_it_may() -> None:
    sample = Sample(most=100)
    for number in range(5000):
        sample.read(hashed(b"%d" % number), float(number), 1)
        sample.write(hashed(b"%d" % (number // 2)), float(number))
        sample.read(hashed(b"%d" % (number // 3)), float(number), 1)
    assert len(sample.things) == 100
    assert len(sample.stack) <= 100


def test_the_stack_packs_itself() -> None:
    stack = Stack()
    stamps = [stack.push(1) for _ in range(3 * CHUNK)]
    random = Random(1)
    for _ in range(20 * CHUNK):
        thing = random.randrange(len(stamps))
        newer = sum(stamp > stamps[thing] for stamp in stamps) if thing < 5 else None
        depth, volume, stamps[thing] = stack.touch(stamps[thing], 1)
        assert depth == volume
        assert newer is None or depth == newer + 1
    assert len(stack) == 3 * CHUNK


def test_nothing_read_has_no_curve() -> None:
    assert curve(Sample()) is None


@given(st.integers(0, 1 << 60))
def test_a_bucket_is_a_thousandth_wide(value: int) -> None:
    assert value * (1 - 2**-10) <= bucket(value) <= value
    assert bucket(bucket(value)) == bucket(value)
    assert value >= 2048 or bucket(value) == value


@pytest.mark.parametrize("alpha", [0.6, 0.8, 1.0, 1.2])
@pytest.mark.parametrize(
    ("things", "reads", "most_off"), [(1000, 50_000, 0.09), (10_000, 500_000, 0.05)]
)
def test_the_exponent_is_found(alpha: float, things: int, reads: int, most_off: float) -> None:
    shares = np.arange(1, things + 1) ** -alpha
    counts = np.random.default_rng(3).multinomial(reads, shares / shares.sum())
    found = fit(int(count) for count in counts if count)
    assert found is not None
    assert found.alpha == pytest.approx(alpha, abs=most_off)
    assert found.verdict == "good"


@pytest.mark.parametrize(
    ("alike", "least"),
    [
        pytest.param(
            np.random.default_rng(1).normal(1000, 30, 3000).astype(int).tolist(),
            0.08,
            id="nearly even",
        ),
        pytest.param([10] * 1500 + [100] * 1500 + [5000] * 60, 0.1, id="three classes"),
    ],
)
def test_what_is_no_power_law_is_not_called_a_good_fit(alike: list[int], least: float) -> None:
    found = fit(alike)
    assert found is None or found.distance > least or found.reads_share < 0.2


@pytest.mark.parametrize("reads", [[], [5], [3] * 1000, [1, 2, 3] * 10])
def test_too_little_is_not_fitted(reads: list[int]) -> None:
    assert fit(reads) is None


def test_the_most_popular_are_counted_nearly_rightly_in_little_room() -> None:
    random = Random(5)
    drawn = random.choices(range(5000), weights=[1 / rank for rank in range(1, 5001)], k=100_000)
    top = Top(kept=200)
    for thing in drawn:
        top.count(thing, b"/%d" % thing)
        assert len(top.counts) <= 401
    for name, count in top.most(10):
        true = drawn.count(int(name[1:]))
        assert true - top.error <= count <= true
    assert [name for name, _ in top.most(5)] == [b"/%d" % rank for rank in range(5)]


def test_shares_end_with_all_of_it() -> None:
    assert sorted(SHARES) == list(SHARES)
    assert SHARES[-1] == 1
