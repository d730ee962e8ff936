"""What happened to the requests: counts, reasons of failure, latencies in full, and second by second.

A recorder can be told as plain data (`dump`) and take another's in (`absorb`): what several workers
counted becomes exactly what one would have.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any

from users.histogram import bucket, merged, quantiles

Json = dict[str, Any]

# The edge's own line of Cache-Status (RFC 9211), which is the last.
KEPT = re.compile(r"varnish; hit\b[^,]*$")

SAMPLED = "truth/"
"""How the names of the sampler's requests begin (users.truth). They were made, so they are among the kinds,
and their failures are failures; they are no part of the load's requests, rates, bytes and latencies."""

ASKED_OF_THE_EDGE = ("page/", "feed/", "member/", "asset/")
"""Requests that the edge may answer; an inbox, a log-in and a write are nobody's hit or miss."""


@dataclass(slots=True)
class Kind:
    """The requests of one name, such as `page/post`. edge_hits: good answers that the edge had kept, by
    their Cache-Status. latency: microseconds in HDR buckets, of the good answers only."""

    ok: int = 0
    edge_hits: int = 0
    failed: int = 0
    bytes: int = 0
    latency: Counter[int] = field(default_factory=Counter)

    def absorb(self, other: Kind) -> None:
        self.ok += other.ok
        self.edge_hits += other.edge_hits
        self.failed += other.failed
        self.bytes += other.bytes
        self.latency.update(other.latency)


@dataclass(slots=True)
class Second:
    """What was answered in one second; requests and failures apart, as everywhere."""

    requests: int = 0
    failures: int = 0
    edge_hits: int = 0
    edge_asked: int = 0
    latency: Counter[int] = field(default_factory=Counter)

    def absorb(self, other: Second) -> None:
        self.requests += other.requests
        self.failures += other.failures
        self.edge_hits += other.edge_hits
        self.edge_asked += other.edge_asked
        self.latency.update(other.latency)


class Recorder:
    """Listens to Locust's `request` event. A failed request is never counted as a fast answer:
    it is in `failed` and its reason's count, and in no latency. A latency counts from when the request
    was sent, or, for the first of a visit that was due, from when it was."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything; second 0 begins now."""
        self.began = time.monotonic()
        self.kinds: dict[str, Kind] = {}
        self.seconds: dict[int, Second] = {}
        self.reasons: Counter[str] = Counter()

    def on_request(
        self,
        request_type: str,
        name: str,
        response_time: float,
        response_length: int,
        exception: BaseException | None,
        response: Any = None,
        context: Json | None = None,
        **_: Any,
    ) -> None:
        """response_time: ms since it was sent; context["late"]: seconds by which it was sent late."""
        kind = self.kinds.get(name)
        if kind is None:
            kind = self.kinds[name] = Kind()
        second = self._second()
        if exception is not None:
            kind.failed += 1
            second.failures += 1
            self.reasons[f"{name}: {exception}"[:200]] += 1
            return
        late = context.get("late", 0.0) if context else 0.0
        latency = bucket(response_time * 1000 + late * 1e6)
        kept = _was_kept(response)
        kind.ok += 1
        kind.edge_hits += kept
        kind.bytes += response_length
        kind.latency[latency] += 1
        if name.startswith(SAMPLED):
            return
        asked = name.startswith(ASKED_OF_THE_EDGE)
        second.requests += 1
        second.edge_hits += kept and asked
        second.edge_asked += asked
        second.latency[latency] += 1

    def on_error(self, user_instance: Any, exception: BaseException, **_: Any) -> None:
        """A visitor that broke: an error in the load itself, and a failure all the same."""
        self.kinds.setdefault("visitor/broken", Kind()).failed += 1
        self._second().failures += 1
        self.reasons[f"{type(user_instance).__name__} broke: {exception!r}"[:200]] += 1

    def dump(self) -> Json:
        """All of it as plain data, for `absorb` in another process."""
        return {
            "kinds": {name: _plain(kind) for name, kind in self.kinds.items()},
            "seconds": {at: _plain(second) for at, second in self.seconds.items()},
            "reasons": dict(self.reasons),
        }

    def absorb(self, dumped: Json) -> None:
        """Count what another recorder counted as well. Seconds are each recorder's own: they began
        when its measurement did."""
        for name, kind in dumped["kinds"].items():
            self.kinds.setdefault(name, Kind()).absorb(Kind(**kind))
        for at, second in dumped["seconds"].items():
            self.seconds.setdefault(at, Second()).absorb(Second(**second))
        self.reasons.update(dumped["reasons"])

    def summary(self, elapsed: float) -> Json:
        """Counts, rates in requests/s, latencies in ms; the histogram's buckets in microseconds."""
        load = [kind for name, kind in self.kinds.items() if not name.startswith(SAMPLED)]
        latency = merged(kind.latency for kind in load)
        ok = sum(kind.ok for kind in load)
        return {
            "requests": ok,
            "failures": sum(kind.failed for kind in self.kinds.values()),
            "reasons": dict(self.reasons.most_common(20)),
            "requests_per_second": ok / elapsed if elapsed else 0.0,
            "bytes": sum(kind.bytes for kind in load),
            "kinds": {name: _of(kind) for name, kind in sorted(self.kinds.items())},
            "latency_ms": quantiles(latency),
            "histogram_us": {str(edge): count for edge, count in latency.items()},
            "seconds": self._time_line(elapsed),
        }

    def _second(self) -> Second:
        at = int(time.monotonic() - self.began)
        second = self.seconds.get(at)
        if second is None:
            second = self.seconds[at] = Second()
        return second

    def _time_line(self, elapsed: float) -> list[Json]:
        """Every second from the first, those in which nothing was answered included."""
        end = max(int(elapsed), max(self.seconds, default=-1) + 1)
        nothing = Second()
        return [_at(at, self.seconds.get(at, nothing)) for at in range(end)]


def _plain(counted: Kind | Second) -> Json:
    return {each.name: getattr(counted, each.name) for each in fields(counted)}


def _was_kept(response: Any) -> bool:
    said = response.headers.get("Cache-Status") if response is not None else None
    return said is not None and KEPT.search(said) is not None


def _of(kind: Kind) -> Json:
    return {
        "ok": kind.ok,
        "edge_hits": kind.edge_hits,
        "failed": kind.failed,
        "bytes": kind.bytes,
        "latency_ms": quantiles(kind.latency),
    }


def _at(at: int, second: Second) -> Json:
    return {
        "at": at,
        "requests": second.requests,
        "failures": second.failures,
        "edge_hits": second.edge_hits,
        "edge_asked": second.edge_asked,
        "p99_ms": quantiles(second.latency).get("p99"),
    }
