"""Pages that are the same for everybody, with places for what is one reader's own; and what makes a page
private after all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.template import Context, Engine, TemplateSyntaxError
from django.test import RequestFactory

from caching import PrivateInPublic, Use, composes, depends_on, for_one_reader, policies, policy
from caching.middleware import PageMiddleware
from caching.parts import can_compose, may_post

ESI = 'lab="ESI/1.0"'
TEMPLATE = "{% load personal %}<p>{% personal src %}Log in & {{ user }}{% endpersonal %}</p>"
SHARED = (
    '<p><esi:remove>Log in & nobody</esi:remove><!--esi <esi:include src="/my/a?b=1&amp;c"/>--></p>'
)


@pytest.fixture(autouse=True)
def _own_declarations(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "_declared", {})
    settings.CACHING = {"store": "off"}
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"


def page(**context: Any) -> str:
    engine = Engine(libraries={"personal": "caching.templatetags.personal"})
    return engine.from_string(TEMPLATE).render(
        Context({"src": "/my/a?b=1&c", "user": "nobody", **context})
    )


def answer(view: Callable[[HttpRequest], Any], **request: Any) -> HttpResponse:
    """To a member's request, through an edge that composes unless the request says otherwise."""
    sent = {
        "HTTP_SURROGATE_CAPABILITY": ESI,
        "HTTP_COOKIE": f"sessionid=abc123def; csrftoken={'a' * 32}",
    } | request
    made = RequestFactory().generic(sent.pop("method", "GET"), "/", **sent)

    def respond(request: HttpRequest) -> Any:
        body = view(request)
        return body if hasattr(body, "status_code") else HttpResponse(str(body))

    return PageMiddleware(SessionMiddleware(CsrfViewMiddleware(respond)))(made)


def shared(request: HttpRequest) -> str:
    depends_on("a")
    return page(composed=composes(request))


def test_a_members_page_that_is_the_same_for_all_is_public() -> None:
    response = answer(shared)
    assert response.content.decode() == SHARED
    assert response["Cache-Control"].startswith("public, ")
    assert response["Surrogate-Control"] == 'content="ESI/1.0"'


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param({"HTTP_SURROGATE_CAPABILITY": ""}, id="no edge composes"),
        pytest.param({"HTTP_SURROGATE_CAPABILITY": 'cdn="Surrogate/1.0"'}, id="it can't"),
        pytest.param({"method": "POST"}, id="a POST"),
    ],
)
def test_elsewhere_what_is_personal_is_in_the_page(request_: dict[str, Any]) -> None:
    response = answer(shared, **request_)
    assert response.content.decode() == "<p>Log in & nobody</p>"
    assert "Surrogate-Control" not in response


@pytest.mark.parametrize(
    ("header", "can"),
    [
        ('a="ESI/1.0"', True),
        ('a="Surrogate/1.0 ESI/1.0"', True),
        ('a="Surrogate/1.0", b="ESI/1.0 X/2"', True),
        ('a="ESI/1.01"', False),
        ('a="NoESI/1.0"', False),
        ("ESI/1.0", False),
        ("", False),
    ],
)
def test_a_capability_is_read(header: str, can: bool) -> None:
    request = RequestFactory().get("/", headers={"Surrogate-Capability": header})
    assert can_compose(request) == can


LOOKS: dict[str, Callable[[HttpRequest], Any]] = {
    "reads the session": lambda request: request.session.get("name"),
    "asks whether something is in it": lambda request: "name" in request.session,
    "writes to it": lambda request: request.session.update({"name": "Ann"}),
    "changes it by hand": lambda request: setattr(request.session, "modified", True),
    "says that it is for one reader": lambda request: for_one_reader("the weather"),
    "gives out a CSRF token": get_token,
}


@pytest.mark.parametrize("cookie", ["", f"sessionid=abc123def; csrftoken={'a' * 32}"])
@pytest.mark.parametrize("look", LOOKS)
def test_a_page_that_looks_at_who_asks_is_private(look: str, cookie: str) -> None:
    for first in (True, False):

        def view(request: HttpRequest, first: bool = first) -> str:
            if first:
                LOOKS[look](request)
            html = shared(request)
            if not first:
                LOOKS[look](request)
            return html

        response = answer(view, HTTP_COOKIE=cookie)
        assert response["Cache-Control"] == "private, no-store"
        assert "Surrogate-Key" not in response


def test_a_page_that_is_one_readers_already_is_made_whole() -> None:
    def view(request: HttpRequest) -> str:
        for_one_reader("the weather")
        return shared(request)

    response = answer(view)
    assert response.content.decode() == "<p>Log in & nobody</p>"
    assert "Surrogate-Control" not in response


def test_a_cookie_makes_a_page_private() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse(shared(request))
        response.set_cookie("theme", "dark")
        return response

    response = answer(view)
    assert response["Cache-Control"] == "private, no-store"
    # It may still have parts, which the edge fills.
    assert response["Surrogate-Control"] == 'content="ESI/1.0"'


def test_a_broken_csrf_cookie_is_not_answered_with_a_page_for_all() -> None:
    response = answer(shared, HTTP_COOKIE="csrftoken=broken")
    assert response.cookies["csrftoken"].value
    assert response["Cache-Control"] == "private, no-store"


def test_what_holds_no_place_is_not_looked_into() -> None:
    def plain(request: HttpRequest) -> str:
        assert composes(request)
        return "no place"

    def streamed(request: HttpRequest) -> StreamingHttpResponse:
        def body() -> Iterator[str]:
            yield page(composed=True)

        assert composes(request)
        return StreamingHttpResponse(body())

    assert "Surrogate-Control" not in answer(plain)
    assert "Surrogate-Control" not in answer(streamed)


def test_a_public_value_does_not_depend_on_one_reader() -> None:
    @policy(use=Use.FRAGMENTS)
    def greeting() -> None:
        for_one_reader("request.user")

    with pytest.raises(PrivateInPublic, match=r"reads request\.user"):
        greeting()


@pytest.mark.parametrize(
    ("cookie", "may"),
    [(f"csrftoken={'a' * 32}", True), ("csrftoken=broken", False), ("", False)],
)
def test_a_part_holds_a_form_only_for_who_has_the_cookie(cookie: str, may: bool) -> None:
    seen: list[bool] = []
    answer(lambda request: seen.append(may_post(request)), HTTP_COOKIE=cookie)
    assert seen == [may]


@pytest.mark.parametrize("tag", ["{% personal %}", "{% personal a b %}"])
def test_a_place_has_one_address(tag: str) -> None:
    engine = Engine(libraries={"personal": "caching.templatetags.personal"})
    with pytest.raises(TemplateSyntaxError, match="takes one argument"):
        engine.from_string("{% load personal %}" + tag + "{% endpersonal %}")
