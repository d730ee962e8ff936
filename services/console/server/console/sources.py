"""Whose figures are read, where, and which of them: mostly the exporters that Prometheus reads as well."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """`wanted`: names of the metrics that are used; the others are not even parsed. `every`: seconds between
    two readings, longer where an answer is dear to make. `replicas`: the name stands for several servers, and
    each is asked."""

    address: str
    wanted: re.Pattern[str]
    path: str = "/metrics"
    every: float = 1.0
    replicas: bool = False

    @property
    def window(self) -> float:
        """Seconds over which rates are taken: some five, or what holds two readings and some more."""
        return max(5.0, 2.5 * self.every)


def _source(address: str, wanted: str, **more: object) -> Source:
    return Source(address, re.compile(rf"(?:{wanted})(?=[{{ ])"), **more)  # type: ignore[arg-type]


SOURCES: Mapping[str, Source] = {
    "varnish": _source(
        "varnish-exporter:9131",
        "varnish_(?:up|main_(?:uptime|client_req|esi_req|s_synth|s_pipe|s_pass|cache_miss|cache_hit_grace|n_object|n_lru_nuked)|backend_req)",
    ),
    # Its exporter asks nginx itself each time, and nginx counts that: under a benchmark, which reconciles
    # all counts, a page that somebody looks at would be an unexplained visitor. So it is what Prometheus
    # read last.
    "nginx": _source(
        "prometheus:9090",
        "nginx_(?:up|connections_active)",
        path="/federate?match%5B%5D=%7Bjob%3D%22nginx%22%7D",
        every=2.0,
    ),
    "web": _source(
        "web:8000",
        "django_http_requests_total|django_http_request_seconds_(?:sum|count)"
        "|caching_(?:hits|misses|stale_served|commands|purges|errors)_total"
        "|counting_(?:queries|bucket_calls)_total",
        replicas=True,
    ),
    "relay": _source("relay:8001", "caching_(?:purges_total|outbox_pending)"),
    "redis": _source(
        "redis-exporter:9121",
        "redis_(?:up|keyspace_hits_total|keyspace_misses_total|commands_processed_total|evicted_keys_total"
        "|db_keys|memory_used_bytes|memory_max_bytes|connected_clients)",
    ),
    "memcached": _source(
        "memcached-exporter:9150",
        "memcached_(?:up|commands_total|items_evicted_total|current_items|current_bytes|limit_bytes"
        "|current_connections)",
    ),
    "postgres": _source(
        "postgres-exporter:9187",
        "pg_(?:up|stat_database_(?:xact_commit|xact_rollback|blks_hit|blks_read|tup_fetched|numbackends))",
        every=2.0,
    ),
    "minio": _source(
        "minio:9000",
        "minio_api_requests_(?:total|errors_total|traffic_sent_bytes)",
        # The third version: the second's figures are up to ten seconds old.
        path="/minio/metrics/v3/api/requests",
        every=2.0,
    ),
    "containers": _source(
        "containers-exporter:9101", "lab_service_(?:cpu_seconds_total|memory_bytes|containers)"
    ),
    # Only while a container of it runs.
    "locust": _source("locust:8089", "locust_(?:users|requests_total|failures_total)"),
}
