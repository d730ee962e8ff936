"""Django's page cache, for those whose pages are the same for all of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.middleware.cache import CacheMiddleware

from config.middleware import has_session


class AnonymousPages(CacheMiddleware):
    """A request that brings a session cookie neither gets a kept page nor leaves one: a member's
    page is nobody else's, and a page that is a minute old would hide what the member just wrote.
    """

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if has_session(request):
            return None  # and since it was not looked for, its answer is not kept
        kept: HttpResponse | None = super().process_request(request)
        return kept
