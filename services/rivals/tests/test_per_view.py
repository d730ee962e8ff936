"""Which views are behind Django's per-view cache, and that their addresses stay what they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, resolve

from config import urls
from magazine.views import reading
from rivals import urls_per_view


def flat(
    patterns: Sequence[URLPattern | URLResolver], above: str = ""
) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        path = above + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from flat(pattern.url_patterns, path)
        else:
            yield path, pattern.callback


def test_every_address_is_there_and_in_its_order() -> None:
    ours, theirs = flat(urls.urlpatterns), flat(urls_per_view.urlpatterns)
    assert [path for path, _ in theirs] == [path for path, _ in ours]


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        *[("/", True), ("/posts/a-1/", True), ("/tags/linux/", True), ("/wire/", True)],
        *[("/board/", True), ("/trending/", True), ("/photos/", True)],
        *[("/board/new", False), ("/posts/a-1/comment", False), ("/inbox/", False)],
        *[("/accounts/login/", False), ("/write/", False), ("/up", False), ("/my/masthead", False)],
    ],
)
def test_pages_that_readers_ask_for_are_kept_and_no_others(path: str, kept: bool) -> None:
    before = resolve(path, urls)  # type: ignore[arg-type]
    after = resolve(path, urls_per_view)  # type: ignore[arg-type]
    assert (after.func is not before.func) == kept
    assert after.kwargs == before.kwargs


def test_a_kept_view_is_asked_once_by_all_without_a_session(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    asked: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        asked.append(request)
        return HttpResponse("a page")

    view.__module__ = reading.__name__
    (pattern,) = urls_per_view.wrapped([URLPattern(urls.urlpatterns[0].pattern, view)])
    assert isinstance(pattern, URLPattern)
    for _ in range(2):
        assert pattern.callback(RequestFactory().get("/up")).content == b"a page"
    assert len(asked) == 1
    cache.clear()
