"""Django's requests as Prometheus and the benchmark count them: by group of views and class of status.
Both are closed sets of words, so the number of series does not grow with the site or with what strangers
ask for."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

from counting import counters

REQUESTS = Counter(
    "django_http_requests_total",
    "Requests answered. group: the module of the view, or none where no address matched. status: "
    "1xx to 5xx.",
    ["group", "status"],
)
# Few, for each is one more series for each group and process: a page of kept parts, one that is
# computed, one that waits for somebody, and one that its reader gives up.
BUCKETS = (0.01, 0.05, 0.25, 1.0, 5.0)
SECONDS = Histogram(
    "django_http_request_seconds",
    "Seconds from this middleware to the response, which may still be streamed.",
    ["group"],
    buckets=BUCKETS,
)

NO_VIEW = "none"
WATCHED = {"/up": "up", "/up/databases": "up", "/metrics": "metrics"}
"""Asked for by machines that watch: no traffic, and counted apart (counting/counters.py)."""


class RequestMetrics:
    """Counts each request once, and the queries of each. Around all that may answer by itself, so that it
    counts what readers of every kind are answered; only the log, and what LAB_DEBUG adds, are around it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        counters.begin()
        try:
            response = self._get_response(request)
        finally:
            counters.end()
        watched = WATCHED.get(request.path_info)
        if watched:
            counters.WATCHED.labels(watched).inc()
        else:
            requests, seconds = _counted(_group_of(request), response.status_code // 100)
            requests.inc()
            seconds.observe(time.perf_counter() - began)
        return response


@lru_cache(maxsize=256)
def _counted(group: str, hundreds: int) -> tuple[Counter, Histogram]:
    """Looking a labelled metric up costs as much as counting."""
    return REQUESTS.labels(group, f"{hundreds}xx"), SECONDS.labels(group)


def _group_of(request: HttpRequest) -> str:
    match = request.resolver_match
    return group_of_module(match.func.__module__) if match else NO_VIEW


@lru_cache(maxsize=256)
def group_of_module(module: str) -> str:
    """The group of the views in a module: `magazine.views.reading` is reading, `clinic.views` is clinic,
    and Django's own go by their app: `django.contrib.admin.sites` is admin."""
    names = module.split(".")
    if names[:2] == ["django", "contrib"]:
        return names[2]
    if len(names) > 2 and names[1] == "views":
        return names[2]
    return names[0]
