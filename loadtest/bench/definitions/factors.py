"""Variants out of factors: all combinations of what may be off or on, or a half fraction of them."""

from __future__ import annotations

from itertools import product

from bench.definitions.schema import Definition, Dimension, State

MOST = 6
"""Factors: 64 combinations take hours."""

NOTHING = "none"
"""The name of the combination in which all is off."""


def half_problem(definition: Definition) -> str | None:
    """What is wrong with the number of factors, or None. Half of the combinations of three or fewer can't
    tell a factor from two others together."""
    least = 4 if definition.fraction == "half" else 1
    count = len(definition.factors)
    if least <= count <= MOST:
        return None
    return f"{count} factors: accepted are from {least} to {MOST} ({definition.fraction} fraction)"


def variant_names(definition: Definition) -> list[str]:
    """The names of all variants, those made of factors too."""
    return [state.name for state in states(definition)]


def states(definition: Definition) -> list[State]:
    """The variants as they are listed, or as the factors make them."""
    if not definition.factors:
        return list(definition.variants)
    return [_state(definition.factors, on) for on in combinations(definition)]


def combinations(definition: Definition) -> list[tuple[bool, ...]]:
    """Which factors are on, in each variant. The half fraction has those in which an even number is off
    and on in pairs (all factors' product is the identity), so that "nothing" is among them."""
    found = list(product((False, True), repeat=len(definition.factors)))
    if definition.fraction == "half":
        found = [each for each in found if sum(each) % 2 == 0]
    return found


def _state(factors: list[Dimension], on: tuple[bool, ...]) -> State:
    here = [factor for factor, is_on in zip(factors, on, strict=True) if is_on]
    toggles: dict[str, str] = {}
    for factor, is_on in zip(factors, on, strict=True):
        toggles |= factor.on if is_on else factor.off
    words = " and ".join(factor.what for factor in here)
    return State(
        name="+".join(factor.name for factor in here) or NOTHING,
        sentence=f"With {words}." if here else "Nothing is kept; every layer is still in the path.",
        title=f"{words[0].upper()}{words[1:]}" if here else "no cache",
        toggles=toggles,
        what=words,
    )
