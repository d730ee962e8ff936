"""Django: what its processes count of their own work (web/config/request_metrics.py,
web/counting, web/caching/metrics.py).

The replicas tell by HTTP, the relay writes it into the file of its heartbeat.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

PORT = 8000
REQUEST = "GET /metrics HTTP/1.0\r\nHost: web\r\n\r\n"

# Before its first look there is none, and nothing to tell.
RELAY_COMMAND = ("sh", "-c", "cat /tmp/relay 2>&- || true")

WATCHED = {"up": "health_checks", "metrics": "scrapes"}
QUERIES = {"request": "queries", "beside": "queries_beside"}


def read(text: str, service: str) -> dict[str, int]:
    """The counts of one process or replica as `service.what`; add them up over replicas.

    `service.SERVER.COMMAND` are the commands that it sent to an upstream cache, `service.SERVER.trips` the
    round trips in which it did, but for `service.SERVER.pings`.
    """
    found = dict.fromkeys(
        (
            f"{service}.{name}"
            for name in ("requests", *WATCHED.values(), *QUERIES.values(), "bucket_calls", "purges")
        ),
        0,
    )
    for name, value in _values(text, service):
        found[name] = found.get(name, 0) + value
    return found


def _values(text: str, service: str) -> Iterator[tuple[str, int]]:
    for metric, labelled, number in _SAMPLE.findall(text):
        labels = dict(_LABEL.findall(labelled))
        name = _name(metric, labels)
        if name:
            yield f"{service}.{name}", int(float(number))


def _name(metric: str, labels: dict[str, str]) -> str | None:
    match metric:
        case "django_http_requests":
            return "requests"
        case "counting_watched":
            return WATCHED.get(labels["what"])
        case "counting_queries":
            return QUERIES.get(labels["by"])
        case "counting_bucket_calls":
            return "bucket_calls"
        case "caching_purges":
            return "purges"
        case "caching_round_trips":
            return f"{labels['server']}.{'pings' if labels['what'] == 'ping' else 'trips'}"
        case "caching_commands":
            return f"{labels['server']}.{labels['command'].lower()}"
    return None


_SAMPLE = re.compile(
    r"^((?:counting|caching|django_http)_\w+)_total(?:\{([^}]*)\})? (\S+)\s*$", re.MULTILINE
)
_LABEL = re.compile(r'(\w+)="([^"]*)"')
