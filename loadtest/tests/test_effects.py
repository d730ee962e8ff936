"""What factors do, and to each other: whatever goes in as known effects comes out as them."""

from __future__ import annotations

from itertools import product
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.compare import Ratio
from bench.effects import Effects, effects, is_negligible, sentences
from bench.result import Factor

NAMES = ("a", "b", "c")
logs = st.floats(min_value=-3, max_value=3)


def design(names: tuple[str, ...], half: bool = False) -> tuple[list[str], list[Factor]]:
    states = [s for s in product((0, 1), repeat=len(names)) if not half or sum(s) % 2 == 0]
    variants = {"".join(n for n, on in zip(names, s, strict=True) if on): s for s in states}
    factors = [
        Factor(name, f"cache {name}", tuple(v for v, s in variants.items() if s[number]))
        for number, name in enumerate(names)
    ]
    return list(variants), factors


def made(
    variants: list[str], terms: dict[str, float], rounds: tuple[float, ...] = (0.0, 0.0, 0.0)
) -> dict[tuple[str, int], float]:
    """Figures in which each term (of factors that are all on) adds to the logarithm, and each round."""
    return {
        (v, number): exp(slow + sum(log for of, log in terms.items() if set(of) <= set(v)))
        for number, slow in enumerate(rounds, 1)
        for v in variants
    }


def of(found: Effects, *names: str) -> Ratio:
    return next(effect.ratio for effect in found.every if effect.of == names)


@given(st.fixed_dictionaries(dict.fromkeys(NAMES, logs)), st.tuples(logs, logs, logs))
def test_factors_that_do_not_mind_each_other_have_their_own_effects_and_no_others(
    terms: dict[str, float], rounds: tuple[float, float, float]
) -> None:
    variants, factors = design(NAMES)
    found = effects(factors, variants, made(variants, terms, rounds))
    assert len(found.every) == 7
    for effect in found.every:
        expected = exp(terms[effect.of[0]]) if len(effect.of) == 1 else 1.0
        assert effect.ratio.value == pytest.approx(expected)


@given(logs, logs, logs)
def test_an_interaction_is_what_one_does_with_the_other_over_what_it_does_without(
    a: float, b: float, ab: float
) -> None:
    variants, factors = design(NAMES)
    found = effects(factors, variants, made(variants, {"a": a, "b": b, "ab": ab}))
    assert of(found, "a", "b").value == pytest.approx(exp(ab))
    assert of(found, "a", "c").value == pytest.approx(1)
    assert of(found, "a", "b", "c").value == pytest.approx(1)
    assert found.within["a", "b", False].value == pytest.approx(exp(a))
    assert found.within["a", "b", True].value == pytest.approx(exp(a + ab))
    # Over all states of the other: half of the way.
    assert of(found, "a").value == pytest.approx(exp(a + ab / 2))


@given(st.fixed_dictionaries({"a": logs, "b": logs, "ab": logs, "abc": logs}))
def test_on_taken_for_off_turns_an_effect_round(terms: dict[str, float]) -> None:
    variants, factors = design(NAMES)
    figures = made(variants, terms)
    turned = [
        Factor(f.name, f.what, tuple(v for v in variants if v not in f.on)) if f.name == "a" else f
        for f in factors
    ]
    there, back = effects(factors, variants, figures), effects(turned, variants, figures)
    for names in (("a",), ("a", "b"), ("a", "b", "c")):
        assert of(there, *names).value * of(back, *names).value == pytest.approx(1)
    assert of(there, "b").value == pytest.approx(of(back, "b").value)


@given(st.fixed_dictionaries(dict.fromkeys("abcd", logs)))
def test_a_half_fraction_finds_each_factor_and_says_what_else_it_may_be(
    terms: dict[str, float],
) -> None:
    variants, factors = design(tuple("abcd"), half=True)
    assert len(variants) == 8
    found = effects(factors, variants, made(variants, terms))
    for name, log in terms.items():
        assert of(found, name).value == pytest.approx(exp(log))
    aliases = {effect.of: effect.aliases for effect in found.every}
    assert aliases["a",] == (("b", "c", "d"),)
    assert aliases["a", "b"] == (("c", "d"),)
    assert ("c", "d") not in aliases


def test_a_round_that_lacks_a_run_is_left_out() -> None:
    variants, factors = design(NAMES)
    figures = made(variants, {"a": 1.0}, (0.0, 0.1, 0.2))
    del figures["b", 2]
    assert of(effects(factors, variants, figures), "a").value == pytest.approx(exp(1))
    assert effects(factors, variants, {k: v for k, v in figures.items() if k[1] == 2}).every == ()
    assert effects([], variants, figures) == Effects()


def test_the_interval_is_students_over_rounds() -> None:
    variants, factors = design(("a",))
    figures = {("", 1): 1.0, ("a", 1): 1.0, ("", 2): 1.0, ("a", 2): exp(2)}
    found = of(effects(factors, variants, figures), "a")
    assert found.value == pytest.approx(exp(1))
    assert found.low == pytest.approx(exp(1 - 12.7062), rel=1e-3)


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        # Redis makes a fifth of the cost by itself, and nothing of what the edge leaves.
        (
            {"a": -1.6, "b": -3.0, "ab": 1.6},
            (
                "cache a adds almost nothing once cache b is on: 1.00× (1.00–1.00) the CPU per request, "
                "against 0.20× (0.20–0.20) without it (interaction 4.95× (4.95–4.95))."
            ),
        ),
        ({"a": -1.6, "b": -3.0, "ab": 0.5}, "cache a still saves once cache b is on"),
        ({"a": -1.6, "b": -3.0, "ab": 2.0}, "cache a costs more than it saves once cache b is on"),
    ],
)
def test_sentences_come_from_the_figures(terms: dict[str, float], said: str) -> None:
    variants, factors = design(("a", "b"))
    told = dict(sentences(factors, effects(factors, variants, made(variants, terms))))
    assert said in told["Cache a and cache b"]


def test_one_round_claims_nothing_of_how_factors_mind_each_other() -> None:
    variants, factors = design(("a", "b"))
    figures = made(variants, {"a": -1.6, "b": -3.0, "ab": 1.6}, (0.0,))
    told = dict(sentences(factors, effects(factors, variants, figures)))["Cache a and cache b"]
    assert "no sign" not in told
    assert "0.20× of the CPU without cache b, 1.00× with it" in told
    assert told.endswith("one round can't tell whether that is chance.")


def test_noise_is_no_interaction() -> None:
    variants, factors = design(("a", "b"))
    figures = made(variants, {"a": -1.0, "b": -0.5})
    for number, wobble in ((1, 1.02), (2, 0.98), (3, 1.01)):
        figures["ab", number] *= wobble
    told = dict(sentences(factors, effects(factors, variants, figures)))
    assert "no sign that either minds the other" in told["Cache a and cache b"]


@pytest.mark.parametrize(
    ("ratio", "negligible"),
    [
        (Ratio(1.01, 0.95, 1.08), True),
        (Ratio(1.01, 0.5, 2.0), False),
        (Ratio(1.01), False),
        (Ratio(1.2, 1.19, 1.21), False),
    ],
)
def test_almost_nothing_is_known_and_not_merely_unseen(ratio: Ratio, negligible: bool) -> None:
    assert is_negligible(ratio) is negligible
