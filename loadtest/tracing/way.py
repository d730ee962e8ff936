"""The way of one request, as facts: what each layer did, and why. Everything is derived from an answer,
Varnish's log and nginx's log; what none of them tells is not here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from . import cache_status, tags
from .varnish_log import Transaction, Visit

SITE, STORE = "site", "store"

BYPASSES = {
    "member": "the request has a session: what it gets may be one person's",
    "authorization": "the request brings credentials",
    "pages-off": "LAB_EDGE_PAGES=off: no page is kept",
    "assets-off": "LAB_EDGE_ASSETS=off: no object is kept",
    "purged-meanwhile": "something was purged just when the copy was made, so it is not believed",
    "long-request": "the address and cookies are too long to look a young copy up among the purges",
}


@dataclass(frozen=True, slots=True)
class Edge:
    """outcome: hit, stale, collapsed, miss, pass or made (by Varnish itself). kept: whether there is a
    copy now. age, lifetime (left, below zero: stale) and grace (left): seconds, of the copy.
    tags_cut: the log holds only the beginning of the tags. seconds: until the answer was sent;
    fetching: of these, for the place behind. pieces: (address, outcome) of what it put into the page.
    """

    outcome: str
    why: str
    key: str
    kept: bool
    age: int | None
    lifetime: float | None
    grace: float | None
    tags: tuple[str, ...]
    tags_cut: bool
    restarts: int
    refreshing: bool
    seconds: float | None
    fetching: float | None
    pieces: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """What was asked behind Varnish. place: site or store. replica: the one that answered, "" where
    none did or the log doesn't say; attempts: how many were tried. seconds: nginx's, and of these
    the replica's."""

    place: str
    status: int | None
    error: str
    replica: str = ""
    attempts: int = 0
    seconds: float | None = None
    replica_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """seconds: as the visitor waited. origin: None where nothing behind was asked. uses: what the
    upstream cache did, for this request or for the one that made the copy; None where the answer
    doesn't say. store: which upstream cache is in force. kinds: what a purge of the tags would end.
    """

    address: str
    user: str
    status: int
    request: str
    bytes: int
    seconds: float
    place: str
    edge: Edge
    origin: Origin | None
    store: str
    uses: tuple[cache_status.Use, ...] | None
    kinds: tuple[tags.Kind, ...]


def edge_of(visit: Visit, longest: int) -> Edge:
    """What Varnish did. longest: bytes of a record that its log keeps."""
    last = visit.last
    said = cache_status.of_the_edge(
        cache_status.parse(last.header("RespHeader", "Cache-Status"))
    ) or cache_status.Member(cache_status.EDGE)
    outcome = _outcome(last, said)
    lifetime, grace = _lifetime(visit, outcome)
    shown = last.header("RespHeader", "xkey")
    cut = len(f"xkey: {shown}") >= longest - 1
    # Each copy's own address is one of its tags (varnish/features/invalidation.vcl); the key says as much.
    carried = [tag for tag in shown.split() if not tag.startswith("address:")]
    return Edge(
        outcome=outcome,
        why=_why(visit, outcome, said),
        key=f"{last.header('ReqHeader', 'Host')} {last.last('ReqURL')}",
        kept=outcome in ("hit", "stale", "collapsed") or said.stored,
        age=_whole(last.header("RespHeader", "Age")),
        lifetime=lifetime,
        grace=grace,
        # The last one of a line that was cut may be half of a tag.
        tags=tuple(carried[:-1] if cut else carried),
        tags_cut=cut,
        restarts=visit.restarts,
        refreshing=visit.refresh is not None,
        seconds=last.seconds("Resp"),
        fetching=_fetching(visit.fetch),
        pieces=tuple(_piece(piece) for piece in visit.pieces),
    )


def _outcome(last: Transaction, said: cache_status.Member) -> str:
    calls = [*last.all("VCL_call")]
    if "PASS" in calls:
        return "pass"
    if "MISS" in calls:
        return "miss" if last.last("Link") else "made"
    if "HIT" in calls:
        if said.forwarded and not said.collapsed:
            return "miss"  # it looks at what it has just fetched
        if said.collapsed or last.seconds("Waitinglist") is not None:
            return "collapsed"
        return "stale" if _hit(last)[0] < 0 else "hit"
    return "made"


def _hit(transaction: Transaction) -> tuple[float, float]:
    """(lifetime left, grace from its end on) of the copy that was found, in seconds."""
    words = transaction.last("Hit").split()
    return (float(words[1]), float(words[2])) if len(words) > 2 else (0.0, 0.0)


def _lifetime(visit: Visit, outcome: str) -> tuple[float | None, float | None]:
    if outcome in ("hit", "stale", "collapsed"):
        lifetime, grace = _hit(visit.last)
        return lifetime, grace + min(lifetime, 0.0)
    if outcome != "miss" or visit.fetch is None:
        return None, None
    words = visit.fetch.last("TTL").split()
    if len(words) < 3 or words[-1] != "cacheable" or float(words[1]) <= 0:
        return None, None
    return float(words[1]), float(words[2])


def _fetching(fetch: Transaction | None) -> float | None:
    if fetch is None:
        return None
    return fetch.seconds("BerespBody") or fetch.seconds("Beresp") or fetch.seconds("Error")


def _why(visit: Visit, outcome: str, said: cache_status.Member) -> str:
    if outcome == "hit":
        return "a fresh copy was there"
    if outcome == "stale":
        if visit.restarts:
            return "a stale copy, for the place behind could not answer"
        return "a stale copy, shown while a new one is fetched"
    if outcome == "collapsed":
        return "another request was fetching it already: this one waited for that copy"
    if outcome == "pass":
        if said.forwarded == "method":
            return f"{visit.last.last('ReqMethod')} is for the place behind to answer"
        return BYPASSES.get(said.detail, said.detail)
    if outcome == "made":
        return "Varnish answered by itself and asked nobody"
    return _why_missed(visit, said)


def _why_missed(visit: Visit, said: cache_status.Member) -> str:
    words = ["nothing was kept under this key"]
    if visit.restarts:
        words = ["the copy was stale"]
    elif visit.last.last("HitMiss"):
        words = ["known as not to be kept"]
    if said.stored:
        words.append("the answer is kept")
    elif said.detail == "not-cacheable":
        words.append(f"the answer is not kept, for {_why_not_kept(visit)}")
    elif said.detail == "purged-meanwhile":
        words.append("the answer is not kept, for tags were purged while it was fetched")
    else:
        words.append(f"the answer is an error ({visit.last.last('RespStatus')}) and not kept")
    return "; ".join(words)


def _why_not_kept(visit: Visit) -> str:
    """The first reason that the fetched headers give."""
    fetch = visit.fetch or visit.last
    control = fetch.header("BerespHeader", "Cache-Control")
    if control and any(word in control.lower() for word in ("private", "no-store", "no-cache")):
        return f"it says Cache-Control: {control}"
    if fetch.header("BerespHeader", "Set-Cookie"):
        return "it sets a cookie"
    varies = fetch.header("BerespHeader", "Vary").lower()
    if any(word in varies for word in ("*", "cookie", "authorization")):
        return f"it says Vary: {fetch.header('BerespHeader', 'Vary')}"
    if "max-age" not in control.lower() and "s-maxage" not in control.lower():
        return f"it states no lifetime (status {fetch.last('BerespStatus')})"
    return f"the rules for what is kept refuse it (status {fetch.last('BerespStatus')})"


def _piece(visit: Visit) -> tuple[str, str]:
    said = cache_status.of_the_edge(
        cache_status.parse(visit.last.header("RespHeader", "Cache-Status"))
    ) or cache_status.Member(cache_status.EDGE)
    return visit.last.last("ReqURL"), _outcome(visit.last, said)


def origin_of(visit: Visit) -> Origin | None:
    """What was asked behind, without what only nginx knows."""
    fetch = visit.fetch
    if fetch is None:
        return None
    words = fetch.last("BackendOpen").split()
    return Origin(
        place=words[1] if len(words) > 1 else place_of(fetch.last("BereqURL")),
        status=_whole(fetch.last("BerespStatus")),
        error=fetch.last("FetchError"),
    )


def balanced(origin: Origin, line: Mapping[str, Any], replicas: Mapping[str, str]) -> Origin:
    """With what nginx's log has. replicas: names by address."""
    addresses = [each.strip() for each in str(line["replica"]).split(",") if each.strip()]
    spent = [float(each) for each in _numbers(str(line["replica_seconds"]))]
    last = addresses[-1].rpartition(":")[0] if addresses else ""
    return replace(
        origin,
        replica=replicas.get(last, last),
        attempts=len(addresses),
        seconds=float(line["seconds"]),
        replica_seconds=sum(spent) if spent else None,
    )


def _numbers(text: str) -> Iterable[str]:
    return (each.strip() for each in text.split(",") if each.strip() not in ("", "-"))


def logged(lines: Iterable[str], request: str) -> dict[str, Any] | None:
    """nginx's line about this request, if it is among these."""
    for line in lines:
        if request in line and "{" in line:
            # Compose erases the terminal's line before each of these, also where there is none.
            found: dict[str, Any] = json.loads(line[line.index("{") :])
            if found.get("request_id") == request:
                return found
    return None


def place_of(target: str) -> str:
    return STORE if target.startswith(("/static/", "/media/", "/lab/static/")) else SITE


def uses_of(field: str) -> tuple[cache_status.Use, ...] | None:
    """None where the answer's Cache-Status says nothing of the upstream cache."""
    uses = cache_status.upstream_uses(cache_status.parse(field))
    return tuple(uses) if uses else None


def _whole(text: str) -> int | None:
    return int(text) if text.isdigit() else None
