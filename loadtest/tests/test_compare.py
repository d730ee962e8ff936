"""The arithmetic of ratios and intervals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bench.compare import Ratio, compared, ratio
from bench.reporting.words import figure, times
from bench.result import Flag, Result
from fakes.results import result

positive = st.floats(min_value=0.01, max_value=1e5)
pairs = st.lists(st.tuples(positive, positive), min_size=2, max_size=20)


def test_a_constant_ratio_has_an_interval_of_nothing() -> None:
    found = ratio([(20, 10), (40, 20), (2, 1)])
    assert found == Ratio(pytest.approx(2), pytest.approx(2), pytest.approx(2))


def test_the_interval_is_students() -> None:
    # Logs 0 and 2: mean 1, standard error 1, t for one degree of freedom at 97.5 % is 12.706.
    found = ratio([(1.0, 1.0), (7.38905609893065, 1.0)])
    assert found is not None
    assert found.low == pytest.approx(2.718281828 ** (1 - 12.7062), rel=1e-3)
    assert found.undecided


@given(pairs)
def test_the_ratio_the_other_way_round_is_its_inverse(values: list[tuple[float, float]]) -> None:
    there, back = ratio(values), ratio([(base, ours) for ours, base in values])
    assert there is not None
    assert back is not None
    assert there.value * back.value == pytest.approx(1)


@given(pairs, st.floats(min_value=0.1, max_value=10))
def test_a_slow_round_changes_nothing(values: list[tuple[float, float]], slow: float) -> None:
    found = ratio(values)
    (ours, base), *others = values
    slowed = ratio([(ours * slow, base * slow), *others])
    assert found is not None
    assert slowed is not None
    assert slowed.value == pytest.approx(found.value)


def test_one_round_gives_no_interval_and_none_gives_nothing() -> None:
    assert ratio([(3, 1)]) == Ratio(pytest.approx(3))
    assert ratio([]) is None
    assert ratio([(0, 1), (1, 0)]) is None


@pytest.mark.parametrize(
    ("value", "said"), [(1234.5, "1,234"), (123.4, "123"), (12.34, "12.3"), (1.234, "1.23")]
)
def test_figures_have_no_more_places_than_mean_something(value: float, said: str) -> None:
    assert figure(value) == said


def test_an_interval_is_said_with_its_ratio() -> None:
    assert times(Ratio(4.14, 3.6, 4.8)) == "4.14× (3.60–4.80)"
    assert times(Ratio(4.14)) == "4.14×"


def spending(*rounds: tuple[dict[str, float], dict[str, float]], invalid: int = 0) -> Result:
    """Rounds of what each service spends on a request: with no cache, and with everything."""
    found = result(["none", "everything"], rounds=len(rounds))
    found.runs = [
        replace(
            run,
            cpu_ms=rounds[run.round - 1][run.variant == "everything"],
            flags=[Flag("books", "a hop's counts differ", "look")] if run.round == invalid else [],
        )
        for run in found.runs
    ]
    return found


def test_each_service_has_its_own_ratio() -> None:
    found = compared(
        spending(
            ({"web": 8.0, "postgres": 1.0}, {"web": 2.0, "postgres": 1.0}),
            ({"web": 4.0, "postgres": 2.0}, {"web": 1.0, "postgres": 2.0}),
        ),
        *("everything", "none"),
    )
    assert found.services == {
        "web": Ratio(*[pytest.approx(0.25)] * 3),
        "postgres": Ratio(*[pytest.approx(1)] * 3),
    }


def test_an_invalid_round_is_in_no_services_ratio() -> None:
    found = compared(
        spending(({"web": 8.0}, {"web": 2.0}), ({"web": 4.0}, {"web": 4.0}), invalid=2),
        *("everything", "none"),
    )
    assert found.services["web"].value == pytest.approx(0.25)
    assert found.services["web"].low is None


def test_who_did_next_to_nothing_on_one_side_has_no_ratio() -> None:
    idle = {"web": 8.0, "redis": 0.0001, "relay": 0.2}
    busy = {"web": 2.0, "redis": 0.1, "relay": 0.2, "exporter-redis": 0.3}
    found = compared(spending((idle, busy), (idle, busy)), "everything", "none")
    assert list(found.services) == ["web", "relay"]
