"""The mixes: who visits, in shares of visits. Data only, and without Locust, so that the host reads it too.

Locust's own weights share out *users*: in a closed loop without pauses, a kind whose pages got faster
would then ask for more, and two variants would see different traffic. So each visit draws who makes it,
and the mix of requests is the same however fast the answers are.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

Mix = dict[str, float]
"""Weights by kind of visitor; they need no particular sum."""

KINDS = (
    "reader",
    "gallery",
    "feedreader",
    "member",
    "commenter",
    "editor",
    "crawler",
    "flashcrowd",
    "witness",
    "correspondent",
)
"""The kinds of visitors: their classes' names in lower case (`users.kinds`)."""


class BadMix(ValueError):
    """It is no mix; the text says in one line what is wrong and what is accepted."""


def writes(reads: float) -> Mix:
    """`reads` requests that read for one that writes; every post that is read is checked for the newest
    comment. Who comments reads the page first, so `reads` is at least 1."""
    if not (isfinite(reads) and reads >= 1):
        raise BadMix(f"{reads:g} reads for a write: accepted are numbers from 1")
    return {"witness": reads - 1, "correspondent": 1}


def members(share: float) -> Mix:
    """Readers as in `readers`, of whose visits `share` (0 to 1) are by people who are logged in."""
    if not 0 <= share <= 1:
        raise BadMix(f"a share of {share:g} members: accepted are numbers from 0 to 1")
    anonymous = {kind: weight * (1 - share) for kind, weight in MIXES["readers"].items()}
    return {**anonymous, "member": 100 * share}


MIXES: dict[str, Mix] = {
    # Anonymous: the default of the comparison.
    "readers": {"reader": 96, "feedreader": 4},
    # A fifth of the visits are by people who are logged in; 30 requests read for one that writes.
    "community": {"reader": 76, "feedreader": 4, "member": 17.7, "commenter": 2.1, "editor": 0.2},
    "hundred-to-one": writes(100),
    # Facebook's memcache, 2012.
    "thirty-to-one": writes(30),
    "four-to-one": writes(4),
    "gallery": {"gallery": 100},
    "crawler": {"crawler": 100},
    # The page is commented on all the while, and so expires again and again.
    "flash": {"flashcrowd": 99.8, "commenter": 0.2},
}


def parse(text: str) -> Mix:
    """A mix by its name, or from `kind=weight,kind=weight`. Raises BadMix."""
    if text in MIXES:
        return MIXES[text]
    if "=" not in text:
        raise BadMix(
            f"there is no mix {text!r}: accepted are {', '.join(MIXES)}, or kind=weight,kind=weight"
        )
    mix: Mix = {}
    for part in text.split(","):
        kind, _, weight = part.strip().partition("=")
        if kind in mix:
            raise BadMix(f"{kind} is in the mix twice: accepted is one weight for each kind")
        mix[kind] = _weight(part, weight)
    return checked(mix)


def checked(mix: Mapping[str, float]) -> Mix:
    """The mix, if it is one: known kinds, weights from 0, and not all of them 0. Raises BadMix."""
    for kind, weight in mix.items():
        if kind not in KINDS:
            raise BadMix(f"there is no visitor {kind!r}: accepted are {', '.join(KINDS)}")
        if not (isfinite(weight) and weight >= 0):
            raise BadMix(f"{kind}={weight:g}: accepted are weights from 0")
    if not sum(mix.values()) > 0:
        raise BadMix("nobody visits: accepted is a mix with a weight above 0")
    return dict(mix)


def spelled(mix: str | Mapping[str, float]) -> str:
    """A mix as `parse` reads it: its name, or its weights, to the last digit."""
    return mix if isinstance(mix, str) else ",".join(f"{k}={w!r}" for k, w in mix.items())


def _weight(part: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadMix(
            f"{part.strip()!r}: accepted is kind=weight, such as reader=76,member=17"
        ) from None
