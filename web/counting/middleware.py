"""Counts requests, and the queries of each."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from . import counters

# Asked for by machines that watch; everything else is a page.
WATCHED = {"/up": "up", "/up/databases": "up", "/metrics": "metrics"}


class CountingMiddleware:
    """Outermost, so that it counts what other middleware answers, too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        counters.begin()
        try:
            return self.get_response(request)
        finally:
            counters.end(WATCHED.get(request.path_info, "page"))
