"""A log's report as an experiment for `./scripts/lab bench`: this site's traffic, in the laboratory."""

from __future__ import annotations

from dataclasses import dataclass

ALPHA = 0.8
"""Where the log is too short to fit one: the middle of what is published for web documents, 0.60-1.03."""

VOTES = 0.1
"""Of a member's visits in users/member.py, those that write (a vote): two requests, one of them a write."""

VARIANTS = ("none", "upstream-redis", "edge", "everything")


@dataclass(frozen=True, slots=True)
class Scale:
    """posts: what the laboratory holds. of_peak: the rate, as a share of the log's busiest minute."""

    posts: int
    of_peak: float


@dataclass(frozen=True, slots=True)
class Mix:
    """In percent of visits. Every visit reads one page; a correspondent then writes, a member sometimes."""

    reader: float
    member: float
    correspondent: float


def mix(writes: float, members: float) -> Mix:
    """writes: share of the requests that views answer. members: share of the pages read.

    100 visits read 100 pages and make W = 100 w / (1 - w) writes: c by correspondents and VOTES of
    every member's visit. Both are logged in, so m + c = 100 s, and c + VOTES m = W. Where the log has
    more writes than people logged in could make (many sites take writes from anybody), members are 0;
    where it has fewer than so many members would make, correspondents are.
    """
    wanted = min(100 * writes / (1 - writes), 100.0) if writes < 1 else 100.0
    member = max(0.0, (100 * members - wanted) / (1 - VOTES))
    correspondent = wanted - VOTES * member
    if correspondent < 0:
        member, correspondent = 100 * members, 0.0
    return Mix(100 - member - correspondent, member, correspondent)


def experiment(report: Report, scale: Scale, name: str) -> str:
    raise NotImplementedError
