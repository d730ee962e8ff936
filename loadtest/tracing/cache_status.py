"""Reading Cache-Status (RFC 9211)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import http_sf

UPSTREAM = "upstream"
EDGE = "varnish"


@dataclass(frozen=True, slots=True)
class Member:
    """What one cache said. forwarded: why, "" for a hit. ttl: seconds, below zero: stale."""

    cache: str
    hit: bool = False
    forwarded: str = ""
    status: int | None = None
    stored: bool = False
    collapsed: bool = False
    ttl: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """What the upstream cache did for one policy's values. why: a word of the library's metrics.
    unnamed: so many policies had no room in the header; then there is no policy."""

    policy: str
    times: int
    outcome: str  # hit | miss | stale | bypass
    stored: bool = False
    collapsed: bool = False
    why: str = ""


def parse(field: str) -> list[Member]:
    """The members, that nearest to the origin first. What is no such list is ignored as a whole, as
    the RFC has it."""
    try:
        found: Any = http_sf.parse(field.encode("latin-1"), tltype="list")
    except (http_sf.StructuredFieldError, UnicodeEncodeError):
        return []
    members: list[Member] = []
    for item, parameters in found:
        if isinstance(item, str | http_sf.Token):
            members.append(_member(str(item), parameters))
    return members


def _member(cache: str, said: Any) -> Member:
    return Member(
        cache=cache,
        hit=said.get("hit") is True,
        forwarded=str(said.get("fwd", "")),
        status=_number(said.get("fwd-status")),
        stored=said.get("stored") is True,
        collapsed=said.get("collapsed") is True,
        ttl=_number(said.get("ttl")),
        detail=str(said.get("detail", "")),
    )


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def upstream_uses(members: Iterable[Member]) -> list[Use]:
    """What the site's own members say (web/caching/cache_status.py), the page's own policy first."""
    return [_use(member) for member in reversed([*members]) if member.cache == UPSTREAM]


def _use(member: Member) -> Use:
    named, _, why = member.detail.partition(", ")
    policy, _, times = named.partition("*")
    if not member.hit and not member.forwarded:  # "7 more": those that had no room
        return Use("", int(named.split()[0]) if named[:1].isdigit() else 0, "")
    return Use(
        policy=policy,
        times=int(times) if times.isdigit() else 1,
        outcome="hit" if member.hit else member.forwarded,
        stored=member.stored,
        collapsed=member.collapsed,
        why=why,
    )


def of_the_edge(members: Iterable[Member]) -> Member | None:
    """Varnish's own, which is the last."""
    last = [*members][-1:]
    return last[0] if last and last[0].cache == EDGE else None
