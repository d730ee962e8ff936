"""What a page tells the caches downstream, from what it was made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.test import RequestFactory

from caching import Audience, Dies, Use, depends_on, policies, policy
from caching.middleware import PageMiddleware


@pytest.fixture(autouse=True)
def _own_declarations(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "_declared", {})
    settings.CACHING = {"store": "off", "page_ttl": 7200}


def answer(view: Callable[[HttpRequest], Any], **request: Any) -> HttpResponse:
    made = RequestFactory().generic(request.pop("method", "GET"), "/", **request)

    def respond(request: HttpRequest) -> HttpResponse:
        body = view(request)
        return body if isinstance(body, HttpResponse) else HttpResponse(str(body))

    return PageMiddleware(CsrfViewMiddleware(respond))(made)


def fragment(**how: Any) -> Callable[[HttpRequest], Any]:
    @policy(use=Use.FRAGMENTS, **how)
    def shown(key: int) -> str:
        return "text"

    return lambda request: shown(12)


def test_a_page_of_public_policies_carries_their_tags() -> None:
    response = answer(fragment(tags=lambda key: [f"post:{key}", "posts"]))
    assert response["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert response["CDN-Cache-Control"] == (
        "max-age=7200, stale-while-revalidate=10, stale-if-error=86400"
    )
    assert response["Surrogate-Key"] == "everything post:12 posts"


def test_the_shortest_lifetime_is_the_pages() -> None:
    response = answer(fragment(dies=Dies.TTL, ttl=45))
    assert response["CDN-Cache-Control"].startswith("max-age=45, ")


def test_by_age_alone_every_page_ages(settings: Any) -> None:
    settings.CACHING = {"store": "off", "freshness": "ttl", "ttl": 90}
    response = answer(lambda request: depends_on("post:1"))
    assert response["CDN-Cache-Control"].startswith("max-age=90, ")


@pytest.mark.parametrize(
    ("view", "request_"),
    [
        pytest.param(lambda request: "text", {}, id="nothing was declared"),
        pytest.param(None, {"method": "POST"}, id="not a GET"),
        pytest.param(lambda r: (depends_on("a"), get_token(r)), {}, id="a CSRF token"),
        pytest.param(
            lambda r: (depends_on("a"), get_token(r)),
            {"HTTP_COOKIE": f"csrftoken={'a' * 32}"},
            id="a CSRF token that the reader already has",
        ),
        pytest.param(lambda r: depends_on("a") or HttpResponse(status=404), {}, id="not a success"),
        pytest.param(
            lambda r: depends_on("a") or HttpResponse(headers={"Vary": "Accept, Cookie"}),
            {},
            id="varies by cookie",
        ),
    ],
)
def test_anything_else_is_private(view: Any, request_: dict[str, Any]) -> None:
    response = answer(view or fragment(), **request_)
    assert response["Cache-Control"] == "private, no-store"
    assert "Surrogate-Key" not in response


@pytest.mark.parametrize("audience", [Audience.USER, Audience.STAFF])
def test_a_page_with_a_private_part_is_private(audience: Audience) -> None:
    assert answer(fragment(audience=audience))["Cache-Control"] == "private, no-store"
