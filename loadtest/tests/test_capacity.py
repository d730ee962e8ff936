"""What a core would carry, and who is the first to be short of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.counters import PATH
from bench.measuring import capacity

costs = st.dictionaries(
    st.sampled_from(PATH), st.floats(min_value=0.001, max_value=1000), min_size=1
)
cores = st.floats(min_value=0.1, max_value=256)


def test_an_example() -> None:
    cost = {"web": 8.0, "postgres": 1.0, "varnish": 0.05, "prometheus": 90.0}
    assert capacity.per_core(cost) == pytest.approx(
        {"web": 125, "postgres": 1000, "varnish": 20000}
    )
    two = capacity.shared(cost, 2)
    assert two is not None
    assert (two.bottleneck, two.requests_per_second) == ("web", pytest.approx(2000 / 9.05))
    # With twenty replicas the database is short of its one core first.
    apart = capacity.apart(cost, {"web": 20, "postgres": 1})
    assert apart == capacity.Capacity(pytest.approx(1000), "postgres")


@given(costs, cores)
def test_twice_the_cores_carry_twice_as_much(cost: dict[str, float], number: float) -> None:
    once, twice = capacity.shared(cost, number), capacity.shared(cost, 2 * number)
    assert once is not None
    assert twice is not None
    assert twice.requests_per_second == pytest.approx(2 * once.requests_per_second)
    assert twice.bottleneck == once.bottleneck


@given(costs, cores)
def test_sharing_carries_no_more_than_any_service_would_with_all_of_it(
    cost: dict[str, float], number: float
) -> None:
    found = capacity.shared(cost, number)
    assert found is not None
    most = min(carried * number for carried in capacity.per_core(cost).values())
    assert found.requests_per_second <= most * (1 + 1e-9)
    assert most == pytest.approx(capacity.per_core(cost)[found.bottleneck] * number)


@given(costs, st.dictionaries(st.sampled_from(PATH), cores, min_size=1))
def test_more_cores_elsewhere_never_carry_more_and_never_less_at_the_bottleneck(
    cost: dict[str, float], own: dict[str, float]
) -> None:
    found = capacity.apart(cost, own)
    if found is None:
        assert not set(cost) & set(own)
        return
    more = {name: number * (1 if name == found.bottleneck else 2) for name, number in own.items()}
    assert capacity.apart(cost, more) == found
    own[found.bottleneck] *= 2
    better = capacity.apart(cost, own)
    assert better is not None
    assert better.requests_per_second >= found.requests_per_second


@given(costs, st.floats(min_value=1.01, max_value=10), st.sampled_from(PATH))
def test_a_dearer_service_never_raises_the_capacity(
    cost: dict[str, float], times: float, service: str
) -> None:
    dearer = {name: ms * (times if name == service else 1) for name, ms in cost.items()}
    before, after = capacity.shared(cost, 2), capacity.shared(dearer, 2)
    assert before is not None
    assert after is not None
    assert after.requests_per_second <= before.requests_per_second * (1 + 1e-9)


@pytest.mark.parametrize("cost", [{}, {"web": 0.0}, {"prometheus": 5.0}])
def test_what_did_nothing_has_no_capacity(cost: dict[str, float]) -> None:
    assert capacity.shared(cost, 2) is None
    assert capacity.apart(cost, {"web": 1}) is None


@pytest.mark.parametrize("number", [0, -1, float("nan")])
def test_no_cores_are_refused(number: float) -> None:
    with pytest.raises(ValueError, match="accepted are numbers above 0"):
        capacity.shared({"web": 1.0}, number)
    with pytest.raises(ValueError, match="accepted are numbers above 0"):
        capacity.apart({"web": 1.0}, {"web": number})
