"""Django's page cache for readers without a session, on local memory."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from rivals.pages import AnonymousPages


@pytest.fixture
def page(settings: Any) -> Iterator[AnonymousPages]:
    """A page that tells how often it was made."""
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    made = count(1)

    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(str(next(made)))

    yield AnonymousPages(view)
    cache.clear()


def ask(page: AnonymousPages, session: str = "") -> str:
    request = RequestFactory().get("/")
    if session:
        request.COOKIES["sessionid"] = session
    return page(request).content.decode()


def test_readers_without_a_session_share_one_page(page: AnonymousPages) -> None:
    assert [ask(page), ask(page)] == ["1", "1"]


def test_a_member_gets_no_kept_page_and_leaves_none(page: AnonymousPages) -> None:
    assert [ask(page, "a"), ask(page), ask(page, "a"), ask(page)] == ["1", "2", "3", "2"]
