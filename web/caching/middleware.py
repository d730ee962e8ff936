"""What a response says to the caches downstream, derived from what the page was made of."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import has_vary_header

from . import cache_status, page, parts
from .conf import conf
from .keys import EVERYTHING


class PageMiddleware:
    """Outermost of all that writes cookies. A page is public only if everything says so:
    it answers a plain GET or HEAD (a 304 speaks for the page that is kept), it was made of
    declared policies that are all public, nothing looked at the session or at who asks, and it
    sets no cookie and gives out no CSRF token. All else is private. Who asks does not matter by
    itself: a member may be the first to be shown what is everybody's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        made = page.start()
        try:
            response = self._get_response(request)
        finally:
            page.finish()
        if _is_public(request, response, made):
            _publish(response, made)
        elif "Cache-Control" not in response or response.cookies:
            response["Cache-Control"] = "private, no-store"
        if made.composed and not response.streaming and parts.MARK in response.content:
            response["Surrogate-Control"] = parts.CONTENT
        if made.outcomes:
            response["Cache-Status"] = cache_status.line(made.outcomes)
        return response


def _is_public(request: HttpRequest, response: HttpResponse, made: page.Page) -> bool:
    return (
        request.method in ("GET", "HEAD")
        and not response.streaming  # what it is made of is not known yet
        and "Authorization" not in request.headers
        and response.status_code in (200, 304)
        and made.declared
        and not made.private
        and "Cache-Control" not in response
        and not parts.looked_at_session(request)
        and not response.cookies
        and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
        and not has_vary_header(response, "Cookie")
    )


def _publish(response: HttpResponse, made: page.Page) -> None:
    if conf().freshness == "ttl":
        made.shorten(conf().ttl)  # nothing will be purged
    seconds = conf().page_ttl if made.lifetime is None else min(made.lifetime, conf().page_ttl)
    # Readers' own caches, and those on the way to them, can't be purged: they ask each time. What is
    # said to the edge alone (RFC 9213) also tells how long an old copy may be shown (RFC 5861).
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    response["CDN-Cache-Control"] = (
        f"max-age={seconds}, stale-while-revalidate={conf().page_stale}, "
        f"stale-if-error={conf().page_if_error}"
    )
    response["Surrogate-Key"] = " ".join(sorted({EVERYTHING, *made.tags}))
