"""What one request cost besides CPU."""

from __future__ import annotations

from collections.abc import Mapping

from bench.counters import Counters
from bench.result import Load

COUNTED = {
    "varnish.fetches": ("varnish.fetched_pages", "varnish.fetched_objects"),
    "nginx.requests": ("varnish.fetched_pages",),
    "web.requests": ("web.requests",),
    "postgres.queries": ("web.queries",),
    "redis.round_trips": ("web.redis.trips",),
    "redis.bytes": ("redis.bytes_in", "redis.bytes_out"),
    "memcached.round_trips": ("web.memcached.trips",),
    "memcached.bytes": ("memcached.bytes_in", "memcached.bytes_out"),
    "minio.requests": ("minio.requests",),
    "minio.bytes": ("minio.bytes_out",),
    "visitor.bytes": ("varnish.body_bytes",),
}
"""Ours, and the counters whose sum it is. nginx' is what Varnish sent it: its own count holds probes and
watchers as well. Queries are those that requests made, without the watch on the outbox and the relay. Bytes
to the visitor are of bodies as they went out, compressed; Locust's own count is of what it unpacked."""


def per_request(load: Load, spent: Counters) -> dict[str, float]:
    """By `service.what`, for each good request, the truth sampler's too; {} without any of the load's.

    What could not be counted is left out, which is not the same as 0.
    """
    if not load.requests:
        return {}
    counts: Mapping[str, int] = spent.counts
    return {
        name: sum(counts[part] for part in parts) / load.answered
        for name, parts in COUNTED.items()
        if all(part in counts for part in parts)
    }
