"""A log's report as an experiment for `./scripts/lab bench`: this site's traffic, in the laboratory.

The file holds figures of the report and nothing else of the log: no path, no host, no name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from replay.lines import Unreadable
from replay.picture import rate as figure
from replay.picture import share
from replay.report import Report

ALPHA = 0.8
"""Where the log is too short to fit one: the middle of what is published for web documents, 0.60-1.03."""

STEEPEST = 3.0
"""The largest exponent that an experiment may have."""

FASTEST = 100_000.0
"""The highest rate that an experiment may have, in visits a second."""

VOTES = 0.1
"""Of a member's visits in users/member.py, those that write (a vote): two requests, one of them a write."""

WARM = (10, 60)
"""Seconds of warm-up, at least and at most."""

PRIMED = 40
"""Pages that are made anew each second in a warm-up, roughly, on two cores."""


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

    @property
    def writes(self) -> float:
        """That 100 visits make."""
        return self.correspondent + VOTES * self.member


def mix(writes: float, members: float) -> Mix:
    """writes: share of the requests that views answer. members: share of the pages read.

    100 visits read 100 pages and make W = 100 w / (1 - w) writes: c by correspondents and VOTES of
    every member's visit. Both are logged in, so m + c = 100 s, and c + VOTES m = W. Where the log has
    more writes than people logged in could make (or doesn't tell of them), the writers are all the
    members there are; where it has fewer writes than so many members make here, nobody else writes.
    """
    wanted = min(100 * writes / (1 - writes), 100.0) if writes < 1 else 100.0
    member = max(0.0, (100 * members - wanted) / (1 - VOTES))
    correspondent = wanted - VOTES * member
    if correspondent < 0:
        member, correspondent = 100 * members, 0.0
    return Mix(100 - member - correspondent, member, correspondent)


def experiment(report: Report, scale: Scale) -> str:
    """The file's text. Raises Unreadable for a log without a page, or a laboratory without a post."""
    if report.views_peak is None or not report.pages.reads:
        raise Unreadable("the log holds no read of a page: there is no experiment to make of it")
    if not scale.posts:
        raise Unreadable("LAB_POSTS=0: accepted for an experiment is a laboratory with posts")
    visitors = mix(report.views_write_share, report.session_share or 0.0)
    pages = min(report.pages.distinct, scale.posts)
    rate = scale.of_peak * report.views_peak.per_second / (1 + visitors.writes / 100)
    warm = min(WARM[1], max(WARM[0], ceil(WARM[0] + pages / PRIMED)))
    lines = [
        "# Made by ./scripts/lab replay of an access log; every figure says where it comes from.",
        *_origin(report),
        *_limits(report),
        "",
        'question = "What would each cache do for the traffic of this access log?"',
        'baseline = "none"',
        "rounds = 3",
        f"warm = {warm} # seconds: at most {PRIMED * WARM[1]:,} pages can be asked for once before",
        "measure = 10 # seconds",
        "",
        "[visits]",
        *_mix(report, visitors),
        *_rate(report, scale, rate),
        *_alpha(report),
        *_pages(report, scale, pages),
        "",
        VARIANTS,
    ]
    return "\n".join(lines)


def _origin(report: Report) -> Iterator[str]:
    yield (
        f"# The log: {report.requests:,} requests from {report.first} to {report.last} (UTC),"
        f" by {report.key}; {share(report.readable_share)} of its lines could be read."
    )


def _limits(report: Report) -> Iterator[str]:
    """What of the log the laboratory can't play."""
    yield "# Not played: what pages cost there, and how large they are; here they are the laboratory's own."
    yield (
        f"# {share(report.asset_share)} of the log's reads are of assets; here a quarter of a"
        " reader's requests are, and no member's."
    )


def _mix(report: Report, visitors: Mix) -> Iterator[str]:
    yield f"# Writes: {share(report.views_write_share)} of the requests in the log that no asset answers."
    if report.session_share is None:
        yield "# Members: the log has no cookies, so only those who write are logged in here."
    else:
        yield f"# Members: {share(report.session_share)} of the reads of pages had a session cookie."
    if visitors.correspondent == 0 and visitors.member:
        yield f"# So many members write more here than in the log: one visit in {1 / VOTES:.0f} is a vote."
    weights = {
        "reader": visitors.reader,
        "member": visitors.member,
        "correspondent": visitors.correspondent,
    }
    spelled = ", ".join(
        f"{kind} = {weight:.4g}" for kind, weight in weights.items() if weight >= 5e-4
    )
    yield f"mix = {{ {spelled} }} # percent of visits"


def _rate(report: Report, scale: Scale, rate: float) -> Iterator[str]:
    peak = report.views_peak
    assert peak is not None  # noqa: S101 - the caller has looked
    yield (
        f"# {share(scale.of_peak)} of the busiest minute ({peak.minute[:-3]}), when"
        f" {figure(peak.per_second)} requests a second were for no asset."
    )
    yield "# A rate that a variant can't answer makes its runs INVALID (missed-starts), and every ratio"
    yield "# beside them. Without a cache two cores answer some 40 of the laboratory's pages a second: above"
    yield "# that ask for a share (--of-peak), or take this line out and let so many `users` ask in turn."
    if rate > FASTEST:
        yield f"# That would be {rate:,.0f}; this is the highest that an experiment may have."
    yield f"rate = {max(min(rate, FASTEST), 0.001):.3f} # visits that begin each second (open loop)"


def _alpha(report: Report) -> Iterator[str]:
    found = report.pages.zipf
    if found is None:
        yield "# The log is too short to fit the popularity of its pages: the middle of what is published."
        yield f"alpha = {ALPHA}"
        return
    yield (
        f"# Fitted to the pages read {found.least:,} times or more: {found.alpha:.2f} ± {2 * found.error:.2f}"
        f" (95 %), a {found.verdict} fit (Kolmogorov-Smirnov distance {found.distance:.3f})."
    )
    if found.alpha > STEEPEST:
        yield f"# {STEEPEST:g} is the steepest that an experiment may have."
    yield f"alpha = {min(found.alpha, STEEPEST):.2f}"


def _pages(report: Report, scale: Scale, pages: int) -> Iterator[str]:
    distinct = f"{'' if report.pages.exact else 'about '}{report.pages.distinct:,}"
    bound = (
        f"; the laboratory has {scale.posts:,} (LAB_POSTS)" if pages < report.pages.distinct else ""
    )
    once = share(report.pages.once_share)
    yield f"# The log has {distinct} different pages, {once} of them read once{bound}."
    yield f"pages = {pages}"


VARIANTS = """\
[toggles]
LAB_UPSTREAM = "off"
LAB_EDGE_PAGES = "off"
LAB_EDGE_ASSETS = "off"
# Cutting each thumbnail anew for each request would make so slow a baseline that every ratio would look
# better than any site's real gain.
LAB_GENERATED = "on"

[[variants]]
name = "none"
title = "no cache"
sentence = "Nothing is cached; every layer is still in the path."

[[variants]]
name = "upstream-redis"
title = "Upstream cache in Redis"
sentence = "Django keeps values and fragments in Redis."
toggles = { LAB_UPSTREAM = "redis" }
what = "the upstream cache"

[[variants]]
name = "edge"
title = "Varnish keeping pages and objects"
sentence = "Varnish keeps pages and objects."
toggles = { LAB_EDGE_PAGES = "on", LAB_EDGE_ASSETS = "on" }
what = "the edge"

[[variants]]
name = "everything"
title = "Everything together"
sentence = "Redis upstream, Varnish downstream."
toggles = { LAB_UPSTREAM = "redis", LAB_EDGE_PAGES = "on", LAB_EDGE_ASSETS = "on" }
what = "all caches"

[[pairs]]
ours = "everything"
against = "edge"
what = "the upstream cache"
"""
