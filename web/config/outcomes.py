"""What the upstream cache did for a page, read from the Cache-Status line that the page carries
(caching/cache_status.py)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

_MEMBER = re.compile(
    r'upstream; (?:fwd=)?(?P<outcome>[a-z]+)(?P<rest>(?:; [a-z]+)*); detail="(?P<detail>[^"]*)"'
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """times: values of the policy that this was so for. outcome: hit, miss, stale or bypass. why: a
    word of the library's metrics, "" for none."""

    policy: str
    times: int
    outcome: str
    stored: bool
    collapsed: bool
    why: str


# Pages of one kind have the same line.
@lru_cache(maxsize=512)
def outcomes(field: str) -> tuple[Outcome, ...]:
    """In the order of asking: the page's own policy first, what it was made of after it."""
    return tuple(_outcome(member) for member in reversed([*_MEMBER.finditer(field)]))


def _outcome(member: re.Match[str]) -> Outcome:
    named, _, why = member["detail"].partition(", ")
    policy, _, times = named.partition("*")
    return Outcome(
        policy=policy,
        times=int(times) if times.isdecimal() else 1,
        outcome=member["outcome"],
        stored="; stored" in member["rest"],
        collapsed="; collapsed" in member["rest"],
        why=why,
    )


@lru_cache(maxsize=512)
def counted(field: str) -> Mapping[str, int]:
    """Values by outcome."""
    counts: Counter[str] = Counter()
    for each in outcomes(field):
        counts[each.outcome] += each.times
    return counts
