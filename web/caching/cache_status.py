"""What the upstream cache did for the page being made, as Cache-Status (RFC 9211) tells it.

One member of the list for each policy and outcome, that nearest to the reader last. It goes to everybody
who gets the page, so it holds names of policies, outcomes and counts: no key, no tag, no value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from . import page

if TYPE_CHECKING:
    from .asks import Ask

CACHE = "upstream"
# Characters of the whole line; what doesn't fit is counted in one last member.
LONGEST = 1_000

Outcome = tuple[str, str]
"""(RFC 9211's parameters, why: "" or one of the metrics' words)"""

HIT: Outcome = ("hit", "")
AGED: Outcome = ("hit", "aged")
BYPASS: Outcome = ("fwd=bypass", "")
# `stale` is an entry that was there and has ended. All other misses are RFC 9211's `miss`.
MISSES: Mapping[str, Outcome] = {
    "absent": ("fwd=miss", ""),
    "aged": ("fwd=stale", "aged"),
    "invalidated": ("fwd=stale", "invalidated"),
    "doubted": ("fwd=bypass", "doubted"),
    "lapsed": ("fwd=bypass", "lapsed"),
}


def found(asks: Iterable[Ask]) -> None:
    """These were there, or are now that another has computed them."""
    made = page.current()
    if made is None:
        return
    outcomes = made.outcomes
    for ask in asks:
        how = outcomes.get(ask)
        if how is None:
            outcomes[ask] = HIT
        elif how[0] in ("fwd=miss", "fwd=stale"):
            outcomes[ask] = (f"{how[0]}; collapsed", how[1])


def showed_aged(ask: Ask) -> None:
    """The aged value was shown while somebody makes it anew, or because nobody can."""
    made = page.current()
    if made is not None:
        made.outcomes[ask] = AGED


def missed(reasons: Mapping[Ask, str]) -> None:
    """These were not there, or not believed. reasons: in the words of the metric."""
    made = page.current()
    if made is not None:
        for ask, reason in reasons.items():
            made.outcomes.setdefault(ask, MISSES.get(reason) or ("fwd=miss", reason))


def stored(asks: Iterable[Ask]) -> None:
    """These were computed and given to the store."""
    made = page.current()
    if made is not None:
        for ask in asks:
            how, why = made.outcomes.get(ask) or MISSES["absent"]
            made.outcomes[ask] = (f"{how}; stored", why)


def bypassed(asks: Iterable[Ask]) -> None:
    """The store was not asked for these: they are somebody's own, or their use is off."""
    made = page.current()
    if made is not None:
        for ask in asks:
            made.outcomes.setdefault(ask, BYPASS)


def line(outcomes: Mapping[Ask, Outcome]) -> str:
    """The field's value, at most LONGEST characters."""
    return _line(tuple(Counter((ask.name, *how) for ask, how in outcomes.items()).items()))


# Pages of one kind have the same line.
@lru_cache(maxsize=512)
def _line(counted: tuple[tuple[tuple[str, str, str], int], ...]) -> str:
    # What was asked for last was asked for by what is before it, so it is nearer to the origin.
    members: list[str] = []
    room = LONGEST - len(_rest(len(counted)))
    for number, ((name, how, why), times) in enumerate(counted):
        member = _member(name, how, why, times)
        room -= len(member) + len(", ")
        if room < 0:
            members.append(_rest(len(counted) - number))
            break
        members.append(member)
    return ", ".join(reversed(members))


def _member(name: str, how: str, why: str, times: int) -> str:
    # A policy is named by a Python identifier, which may have letters that a header may not.
    shown = name.encode("ascii", "replace").decode()
    detail = f"{shown}*{times}" if times > 1 else shown
    return f'{CACHE}; {how}; detail="{detail}{why and f", {why}"}"'


def _rest(members: int) -> str:
    return f'{CACHE}; detail="{members} more"'
