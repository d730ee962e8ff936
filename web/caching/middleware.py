"""What a response says to the caches downstream, derived from what the page was made of."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import has_vary_header

from . import cache_status, page
from .conf import conf
from .keys import EVERYTHING


class PageMiddleware:
    """Outermost of all that writes cookies. A page is public only if everything says so:
    it answers a plain GET or HEAD (a 304 speaks for the page that is kept), it was made of
    declared policies that are all public, it asks nobody's session, and it sets no cookie (a
    CSRF token sets one). All else is private.
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
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and not response.cookies
        and not has_vary_header(response, "Cookie")
    )


def _publish(response: HttpResponse, made: page.Page) -> None:
    if conf().freshness == "ttl":
        made.shorten(conf().ttl)  # nothing will be purged
    seconds = conf().page_ttl if made.lifetime is None else min(made.lifetime, conf().page_ttl)
    # Readers' own caches can't be purged, so they ask each time.
    response["Cache-Control"] = f"public, max-age=0, s-maxage={seconds}"
    response["Surrogate-Key"] = " ".join(sorted({EVERYTHING, *made.tags}))
