"""What stands against comparing two variants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bench.result import Flag

SPREAD_LIMIT = 0.2
"""The standard deviation of the rounds' ratios, as a logarithm: about 20 %. Of two rounds' CPU per request
2 % is usual; what differs by ten times that was not one and the same thing."""

FEWEST = 2
"""Rounds: one has no interval."""


def flags(rounds: int, left_out: Iterable[int], spreads: Mapping[str, float | None]) -> list[Flag]:
    """rounds: valid on both sides. left_out: rounds with an invalid side. spreads: by figure, the standard
    deviation of its rounds' ratios (`ratios.spread`)."""
    return [*_too_few(rounds, sorted(left_out)), *_too_wide(spreads)]


def _too_few(rounds: int, left_out: list[int]) -> list[Flag]:
    if rounds >= FEWEST:
        return []
    invalid = f"; invalid: {', '.join(map(str, left_out))}" if left_out else ""
    said = f"{rounds} of the rounds are valid on both sides, {FEWEST} are needed{invalid}"
    return [Flag("rounds", said, "mend what made runs invalid, or measure with more --rounds")]


def _too_wide(spreads: Mapping[str, float | None]) -> list[Flag]:
    return [
        Flag(
            "spread",
            f"the rounds' ratios of {name} differ by about {spread:.0%} from one another",
            "see that nothing else runs here, warm longer, and measure with more --rounds",
        )
        for name, spread in spreads.items()
        if spread is not None and spread > SPREAD_LIMIT
    ]
