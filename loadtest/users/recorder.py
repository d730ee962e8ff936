"""What happened to the requests: counts, reasons of failure, and latencies in full."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from users.histogram import Buckets, bucket, merged, percentile

Json = dict[str, Any]

# The edge's own line of Cache-Status (RFC 9211), which is the last.
KEPT = re.compile(r"varnish; hit\b[^,]*$")

SAMPLED = "truth/"
"""How the names of the sampler's requests begin (users.truth). They were made, so they are among the kinds,
and their failures are failures; they are no part of the load's requests, rates, bytes and latencies."""


@dataclass
class Kind:
    """The requests of one name, such as `page/post`. edge_hits: good answers that the edge had kept, by
    their Cache-Status."""

    ok: int = 0
    edge_hits: int = 0
    failed: int = 0
    bytes: int = 0
    latency: Counter[int] = field(default_factory=Counter)


class Recorder:
    """Listens to Locust's `request` event. A failed request is never counted as a fast answer:
    it is in `failed` and its reason's count, and in no latency."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.kinds: dict[str, Kind] = {}
        self.reasons: Counter[str] = Counter()

    def on_request(
        self,
        request_type: str,
        name: str,
        response_time: float,
        response_length: int,
        exception: BaseException | None,
        response: Any = None,
        **_: Any,
    ) -> None:
        kind = self.kinds.get(name)
        if kind is None:
            kind = self.kinds[name] = Kind()
        if exception is not None:
            kind.failed += 1
            self.reasons[f"{name}: {exception}"[:200]] += 1
            return
        kind.ok += 1
        kind.edge_hits += _was_kept(response)
        kind.bytes += response_length
        kind.latency[bucket(response_time * 1000)] += 1

    def on_error(self, user_instance: Any, exception: BaseException, **_: Any) -> None:
        """A visitor that broke: an error in the load itself, and a failure all the same."""
        broken = self.kinds.setdefault("visitor/broken", Kind())
        broken.failed += 1
        self.reasons[f"{type(user_instance).__name__} broke: {exception!r}"[:200]] += 1

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
            "latency_ms": _quantiles(latency),
            "histogram_us": {str(edge): count for edge, count in latency.items()},
        }


def _was_kept(response: Any) -> bool:
    said = response.headers.get("Cache-Status") if response is not None else None
    return bool(said) and KEPT.search(said) is not None


def _of(kind: Kind) -> Json:
    return {
        "ok": kind.ok,
        "edge_hits": kind.edge_hits,
        "failed": kind.failed,
        "bytes": kind.bytes,
        "latency_ms": _quantiles(merged([kind.latency])),
    }


def _quantiles(latency: Buckets) -> dict[str, float]:
    """Empty without requests: there is no latency of nothing."""
    if not latency:
        return {}
    return {
        "min": min(latency) / 1000,
        "median": percentile(latency, 0.5),
        "p95": percentile(latency, 0.95),
        "p99": percentile(latency, 0.99),
        "max": max(latency) / 1000,
    }
