"""What stands against comparing two variants: against all of it, or against one of its figures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from bench.result import Flag

Figure = Literal["cpu", "throughput"]

SPREAD_LIMIT = 0.2
"""The standard deviation of the rounds' ratios, as a logarithm: about 20 %. Of two rounds' CPU per request
2 % is usual; what differs by ten times that was not one and the same thing."""

FEWEST = 2
"""Rounds: one has no interval."""

AGAINST_ALL = "rounds"

AGAINST: dict[str, Figure] = {"cpu-spread": "cpu", "rate-spread": "throughput"}
"""Codes of what stands against one figure alone."""

NAMES: dict[Figure, str] = {"cpu": "CPU per request", "throughput": "requests/s"}


def flags(
    rounds: int, left_out: Iterable[int], cpu: float | None, throughput: float | None
) -> list[Flag]:
    """rounds: valid on both sides. left_out: rounds with an invalid side. cpu, throughput: the standard
    deviation of these figures' ratios over the rounds (`ratios.spread`); None where nothing is to be told by
    them."""
    spreads = {"cpu": cpu, "throughput": throughput}
    wide = [_too_wide(code, NAMES[name], spreads[name]) for code, name in AGAINST.items()]
    return [*_too_few(rounds, sorted(left_out)), *(flag for flag in wide if flag)]


def _too_few(rounds: int, left_out: list[int]) -> list[Flag]:
    if rounds >= FEWEST:
        return []
    invalid = f"; invalid: {', '.join(map(str, left_out))}" if left_out else ""
    said = f"{rounds} of the rounds are valid on both sides, {FEWEST} are needed{invalid}"
    return [Flag(AGAINST_ALL, said, "mend what made runs invalid, or measure with more --rounds")]


def _too_wide(code: str, name: str, spread: float | None) -> Flag | None:
    if spread is None or spread <= SPREAD_LIMIT:
        return None
    return Flag(
        code,
        f"the rounds' ratios of {name} differ by about {spread:.0%} from one another",
        "see that nothing else runs here, warm longer, and measure with more --rounds",
    )
