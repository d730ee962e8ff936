"""What each factor does, and how that depends on the others. Pure: figures in, ratios out.

The variants of a plan with factors are combinations of what is off or on. The figures' logarithms are
contrasted within each round, as in a two-level factorial design (Box, Hunter & Hunter, *Statistics for
Experimenters*, ch. 5 and 6), so that a slow round is in no effect; the rounds' contrasts give Student's
95 % interval.

An effect of one factor is a ratio: the figure with it over the figure without it, over all states of the
others. An effect of two is a ratio of ratios: what the first does where the second is on, over what it does
where the second is off; 1 means that neither minds the other. In a half fraction each effect can't be told
from one other, its alias.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import exp, log, prod
from statistics import fmean

import msgspec

from bench.compare import Ratio, ratio
from bench.result import Factor

NEGLIGIBLE = 1.1
"""A ratio whose whole interval is within a tenth of 1 is called almost nothing."""

Figures = Mapping[tuple[str, int], float]
"""By variant and round; above 0."""


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """Of one factor, or of several on each other. `aliases`: what it can't be told from."""

    of: tuple[str, ...]
    ratio: Ratio
    aliases: tuple[tuple[str, ...], ...] = ()


class Effects(msgspec.Struct, frozen=True):
    """All that the design can tell apart; and, by (factor, other, whether the other is on), what a factor
    does in that half of the variants."""

    every: tuple[Effect, ...] = ()
    within: dict[tuple[str, str, bool], Ratio] = {}


def effects(factors: Sequence[Factor], variants: Sequence[str], figures: Figures) -> Effects:
    """From the rounds in which every variant was measured; nothing where there is none, or no factor."""
    rounds = whole_rounds(variants, figures)
    if not factors or not rounds:
        return Effects()
    signs = {factor.name: {v: 1 if v in factor.on else -1 for v in variants} for factor in factors}
    names = [factor.name for factor in factors]
    columns = {
        of: tuple(prod(signs[name][v] for name in of) for v in variants)
        for count in range(1, len(names) + 1)
        for of in combinations(names, count)
    }
    # A column that is the same everywhere is the design's own: it tells of no effect.
    columns = {of: column for of, column in columns.items() if len(set(column)) == 2}
    every = [
        Effect(
            of=of,
            ratio=_contrast(column, variants, rounds, figures, 2 ** (len(of) - 1)),
            aliases=_aliases(of, columns),
        )
        for of, column in columns.items()
        if all((len(of), of) < (len(other), other) for other in _aliases(of, columns))
    ]
    within = {
        (one, other, on): _contrast(
            columns[one,],
            variants,
            rounds,
            figures,
            only=[v for v in variants if (signs[other][v] > 0) == on],
        )
        for one in names
        for other in names
        if one != other
        for on in (False, True)
    }
    return Effects(tuple(every), within)


def whole_rounds(variants: Sequence[str], figures: Figures) -> list[int]:
    """Those in which every variant has a figure."""
    every = sorted({number for _, number in figures})
    return [n for n in every if all(figures.get((v, n), 0) > 0 for v in variants)]


def _aliases(
    of: tuple[str, ...], columns: Mapping[tuple[str, ...], tuple[int, ...]]
) -> tuple[tuple[str, ...], ...]:
    """The others of the same column; or of its opposite, for the sign is the design's."""
    mine = columns[of]
    opposite = tuple(-sign for sign in mine)
    return tuple(
        other for other, column in columns.items() if other != of and column in (mine, opposite)
    )


def _contrast(
    column: Sequence[int],
    variants: Sequence[str],
    rounds: Sequence[int],
    figures: Figures,
    power: int = 1,
    only: Sequence[str] = (),
) -> Ratio:
    """The mean (geometric) of the figures where the column is 1 over that where it is -1, to a power."""
    chosen = [(v, sign) for v, sign in zip(variants, column, strict=True) if not only or v in only]
    pairs = [
        tuple(
            _geometric([figures[v, number] for v, sign in chosen if sign == side]) ** power
            for side in (1, -1)
        )
        for number in rounds
    ]
    found = ratio([(on, off) for on, off in pairs])
    if found is None:
        raise ValueError("a round without a figure above 0")
    return found


def _geometric(values: Sequence[float]) -> float:
    return exp(fmean(map(log, values)))


def sentences(factors: Sequence[Factor], found: Effects) -> list[tuple[str, str]]:
    """A heading and a sentence for each factor, then for each two, of CPU per request."""
    what = {factor.name: factor.what for factor in factors}
    told = []
    for effect in found.every:
        if len(effect.of) == 1:
            (one,) = effect.of
            told.append((_capital(what[one]), _alone(effect)))
        elif len(effect.of) == 2:
            one, other = effect.of
            told.append(
                (f"{_capital(what[one])} and {what[other]}", _together(effect, what, found))
            )
    return told


def _alone(effect: Effect) -> str:
    return f"{_spelled(effect.ratio)} the CPU per request, over all states of the others{_but(effect)}."


def _together(effect: Effect, what: Mapping[str, str], found: Effects) -> str:
    """From the one that the other leaves less to do."""
    one, other = min(
        (effect.of, effect.of[::-1]), key=lambda pair: _far(found.within[pair[0], pair[1], True])
    )
    alone, beside = found.within[one, other, False], found.within[one, other, True]
    interaction = f"interaction {_spelled(effect.ratio)}{_but(effect)}"
    if effect.ratio.low is None:
        # One round has no interval, and claims nothing.
        return (
            f"{what[one]} makes {_spelled(alone)} of the CPU without {what[other]},"
            f" {_spelled(beside)} with it ({interaction}); one round can't tell whether that is chance."
        )
    if effect.ratio.undecided:
        return (
            f"no sign that either minds the other: {what[one]} makes {_spelled(alone)} of the CPU without "
            f"{what[other]}, {_spelled(beside)} with it ({interaction})."
        )
    return (
        f"{what[one]} {_adds(beside)} once {what[other]} is on: {_spelled(beside)} the CPU per request, "
        f"against {_spelled(alone)} without it ({interaction})."
    )


def _adds(beside: Ratio) -> str:
    if is_negligible(beside):
        return "adds almost nothing"
    if beside.undecided:
        return "makes no difference that was seen"
    return "still saves" if beside.value < 1 else "costs more than it saves"


def is_negligible(found: Ratio) -> bool:
    """Whether it is known to be next to 1: an interval that is merely wide is not."""
    if found.low is None or found.high is None:
        return False
    return found.low >= 1 / NEGLIGIBLE and found.high <= NEGLIGIBLE


def _far(found: Ratio) -> float:
    """How far from 1."""
    return max(found.value, 1 / found.value)


def _but(effect: Effect) -> str:
    if not effect.aliases:
        return ""
    return f", or {' or '.join(' × '.join(alias) for alias in effect.aliases)}: the half fraction can't tell"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _spelled(found: Ratio) -> str:
    if found.low is None or found.high is None:
        return f"{found.value:.2f}×"
    return f"{found.value:.2f}× ({found.low:.2f}–{found.high:.2f})"
