"""The figures of one moment, as the page gets them: services, and the hops between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from .outcomes import outcomes
from .window import Window, ratio

Toggles = Mapping[str, str]
Json = dict[str, Any]

STILL = 3.5  # seconds without a tick of its clock, after which Varnish is not alive


class Figures(Protocol):
    """What was read: `reader.Reader`."""

    @property
    def windows(self) -> Mapping[str, Window]: ...

    def answers(self, name: str) -> bool: ...


def edge_off(toggles: Toggles) -> bool:
    return toggles.get("LAB_EDGE_PAGES") == toggles.get("LAB_EDGE_ASSETS") == "off"


def upstream_off(name: str, toggles: Toggles) -> bool:
    return toggles.get("LAB_UPSTREAM", name) != name


def message(figures: Figures, toggles: Toggles, at: float) -> Json:
    """The event `live`. at: seconds since 1970."""
    services = [_readers(figures), *(made(figures, toggles) for made in SERVICES)]
    if figures.answers("locust"):
        services.append(_locust(figures, toggles))
    found = {service["name"]: service for service in services}
    return {"at": round(at, 3), "services": services, "hops": hops(figures, found, toggles)}


def _service(
    figures: Figures, name: str, title: str, role: str, state: str, more: list[Json], **own: Any
) -> Json:
    """own: the figures that this service has; those of a service that is down are not known."""
    containers = figures.windows["containers"]
    known = own if state != "down" else {}
    return {
        "name": name,
        "title": title,
        "role": role,
        "state": state,
        "requests": _rounded(known.get("requests")),
        "hits": _rounded(known.get("hits")),
        "misses": _rounded(known.get("misses")),
        "passes": _rounded(known.get("passes")),
        "hit_ratio": _rounded(ratio(known.get("hits"), known.get("misses"))),
        "totals": known.get("totals", {}),
        "cpu": _rounded(containers.rate("lab_service_cpu_seconds_total", service=name)),
        "memory": containers.latest("lab_service_memory_bytes", service=name),
        "containers": _whole(containers.latest("lab_service_containers", service=name)),
        "more": more if state != "down" else [],
    }


def _totals(window: Window, **counters: tuple[str, dict[str, str]]) -> dict[str, int | None]:
    """A server's own counts since it began, as it told them last."""
    return {
        what: _whole(window.latest(name, **labels)) for what, (name, labels) in counters.items()
    }


def _more(label: str, value: float | None, unit: str = "") -> Json:
    return {"label": label, "value": _rounded(value), "unit": unit}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _told(figures: Figures, source: str, up: bool) -> str:
    """Of a server whose figures another tells: where that one is silent, nothing is known."""
    return _state(up) if figures.answers(source) else "unknown"


def _state(up: bool, off: bool = False) -> str:
    if not up:
        return "down"
    return "off" if off else "up"


def _readers(figures: Figures) -> Json:
    requests = outcomes(figures.windows["varnish"].rate).requests
    made = _service(figures, "readers", "Readers", "who asks", "up", [], requests=requests)
    return {**made, "cpu": None}


def _varnish(figures: Figures, toggles: Toggles) -> Json:
    window = figures.windows["varnish"]
    now, told = outcomes(window.rate), outcomes(window.latest)
    # Its counters outlive it in shared memory, and stand still then.
    alive = window.latest("varnish_up") == 1 and window.unchanged_for("varnish_main_uptime") < STILL
    more = [
        _more("kept objects", window.latest("varnish_main_n_object")),
        _more("shown stale", window.rate("varnish_main_cache_hit_grace"), "/s"),
        _more("thrown out for room", window.rate("varnish_main_n_lru_nuked"), "/s"),
        _more("asked of the site", window.rate("varnish_backend_req", backend="site"), "/s"),
        _more("asked of the bucket", window.rate("varnish_backend_req", backend="store"), "/s"),
    ]
    return _service(
        *(
            figures,
            "varnish",
            "Varnish",
            "downstream cache",
            _state(alive, edge_off(toggles)),
            more,
        ),
        requests=now.requests,
        hits=now.hits,
        misses=now.misses,
        passes=now.passes,
        totals={name: _whole(getattr(told, name)) for name in ("hits", "misses", "passes")},
    )


def _nginx(figures: Figures, toggles: Toggles) -> Json:
    window = figures.windows["nginx"]
    return _service(
        *(figures, "nginx", "nginx", "load balancer"),
        _told(figures, "nginx", window.latest("nginx_up") == 1),
        [_more("open connections", window.latest("nginx_connections_active"))],
        # Varnish's count of what it asked: live, and without health checks.
        requests=figures.windows["varnish"].rate("varnish_backend_req", backend="site"),
    )


def _web(figures: Figures, toggles: Toggles) -> Json:
    window = figures.windows["web"]
    requests = window.rate("django_http_requests_total")
    seconds, count = (
        window.rate(f"django_http_request_seconds_{what}") for what in ("sum", "count")
    )
    milliseconds = 1000 * seconds / count if seconds is not None and count else None
    made = _service(
        *(figures, "web", "Django", "on gunicorn", _state(figures.answers("web"))),
        [
            _more("a request takes", milliseconds, "ms"),
            _more("errors", window.rate("django_http_requests_total", status="5xx"), "/s"),
            _more("values found upstream", window.rate("caching_hits_total"), "/s"),
            _more("values not found", window.rate("caching_misses_total"), "/s"),
            _more("upstream calls failed", window.rate("caching_errors_total"), "/s"),
            _more("purges sent", window.rate("caching_purges_total"), "/s"),
        ],
        requests=requests,
    )
    # The replicas that answer; a container that hangs is none.
    return {**made, "containers": window.servers}


def _redis(figures: Figures, toggles: Toggles) -> Json:
    window = figures.windows["redis"]
    state = _state(window.latest("redis_up") == 1, upstream_off("redis", toggles))
    return _service(
        *(figures, "redis", "Redis", "upstream cache", state),
        [
            _more("keys", window.latest("redis_db_keys")),
            _more("values and keys hold", window.latest("redis_memory_used_bytes"), "bytes"),
            _more("thrown out for room", window.rate("redis_evicted_keys_total"), "/s"),
            _more("clients", window.latest("redis_connected_clients")),
        ],
        requests=window.rate("redis_commands_processed_total"),
        hits=window.rate("redis_keyspace_hits_total"),
        misses=window.rate("redis_keyspace_misses_total"),
        totals=_totals(
            window,
            hits=("redis_keyspace_hits_total", {}),
            misses=("redis_keyspace_misses_total", {}),
        ),
    )


def _memcached(figures: Figures, toggles: Toggles) -> Json:
    window = figures.windows["memcached"]
    state = _state(window.latest("memcached_up") == 1, upstream_off("memcached", toggles))
    return _service(
        *(figures, "memcached", "Memcached", "upstream cache", state),
        [
            _more("keys", window.latest("memcached_current_items")),
            _more("values and keys hold", window.latest("memcached_current_bytes"), "bytes"),
            _more("thrown out for room", window.rate("memcached_items_evicted_total"), "/s"),
            _more("clients", window.latest("memcached_current_connections")),
        ],
        requests=window.rate("memcached_commands_total"),
        hits=window.rate("memcached_commands_total", command="get", status="hit"),
        misses=window.rate("memcached_commands_total", command="get", status="miss"),
        totals=_totals(
            window,
            hits=("memcached_commands_total", {"command": "get", "status": "hit"}),
            misses=("memcached_commands_total", {"command": "get", "status": "miss"}),
        ),
    )


def _postgres(figures: Figures, toggles: Toggles) -> Json:
    window = figures.windows["postgres"]
    name = "pg_stat_database"
    return _service(
        *(
            figures,
            "postgres",
            "Postgres",
            "the durable truth",
            _state(window.latest("pg_up") == 1),
        ),
        [
            _more("queries of Django", figures.windows["web"].rate("counting_queries_total"), "/s"),
            _more("rows fetched", window.rate(f"{name}_tup_fetched"), "/s"),
            _more("blocks read from disk", window.rate(f"{name}_blks_read"), "/s"),
            _more("rolled back", window.rate(f"{name}_xact_rollback"), "/s"),
            _more("connections", window.latest(f"{name}_numbackends")),
        ],
        requests=window.rate(f"{name}_xact_commit"),
    )


def _minio(figures: Figures, toggles: Toggles) -> Json:
    window = figures.windows["minio"]
    return _service(
        *(figures, "minio", "MinIO", "object store", _state(figures.answers("minio"))),
        [
            _more(
                "bytes sent",
                window.rate("minio_api_requests_traffic_sent_bytes", type="s3"),
                "bytes/s",
            ),
            _more("errors", window.rate("minio_api_requests_errors_total", type="s3"), "/s"),
        ],
        requests=window.rate("minio_api_requests_total", type="s3"),
    )


def _locust(figures: Figures, toggles: Toggles) -> Json:
    window = figures.windows["locust"]
    return _service(
        *(figures, "locust", "Locust", "makes load", "up"),
        [
            _more("visitors", window.latest("locust_users")),
            _more("failed", window.rate("locust_failures_total"), "/s"),
        ],
        requests=window.rate("locust_requests_total"),
    )


SERVICES: tuple[Callable[[Figures, Toggles], Json], ...] = (
    *(_varnish, _nginx, _web, _redis, _memcached, _postgres, _minio),
)


def hops(figures: Figures, services: Mapping[str, Json], toggles: Toggles) -> list[Json]:
    """Who asks whom, in the order of the path; counted by whoever asks, where that counts."""
    web, varnish = figures.windows["web"], figures.windows["varnish"]

    def hop(source: str, to: str, rate: float | None, unit: str, is_open: bool = False) -> Json:
        return {
            "from": source,
            "to": to,
            "rate": _rounded(rate),
            "unit": unit,
            "hit_ratio": services[to]["hit_ratio"],
            "open": is_open,
        }

    def stored(name: str) -> Json:
        rate = web.rate("caching_commands_total", server=name)
        return hop("web", name, rate, "commands", upstream_off(name, toggles))

    to_site, to_store = (varnish.rate("varnish_backend_req", backend=b) for b in ("site", "store"))
    return [
        hop("readers", "varnish", services["varnish"]["requests"], "requests", edge_off(toggles)),
        hop("varnish", "nginx", to_site, "requests"),
        hop("varnish", "minio", to_store, "requests"),
        hop("nginx", "web", web.rate("django_http_requests_total"), "requests"),
        stored("redis"),
        stored("memcached"),
        hop("web", "postgres", web.rate("counting_queries_total"), "queries"),
        hop("web", "minio", web.rate("counting_bucket_calls_total"), "calls"),
    ]
