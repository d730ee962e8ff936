"""What a page's Cache-Status says that the upstream cache did for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import http_sf
import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from caching import Audience, Dies, Policy, Use, bypass, cache_status, invalidate, load, policy
from caching.asks import ask
from caching.middleware import PageMiddleware
from caching.stores import current

pytestmark = pytest.mark.django_db

Shown = Policy[..., str]


def said(view: Callable[[], object], **request: Any) -> list[dict[str, Any]]:
    """The parameters of each member, as a recipient parses them; [] without the field."""

    def respond(request: HttpRequest) -> HttpResponse:
        return HttpResponse(str(view()))

    asked = RequestFactory().generic(request.pop("method", "GET"), "/", **request)
    field = PageMiddleware(respond)(asked).get("Cache-Status")
    if field is None:
        return []
    assert len(field) <= cache_status.LONGEST
    members = http_sf.parse(field.encode("ascii"), tltype="list")
    assert all(isinstance(cache, http_sf.Token) for cache, _ in members)
    assert {str(cache) for cache, _ in members} == {"upstream"}
    return [parameters for _, parameters in members]


def plain(**parameters: Any) -> dict[str, Any]:
    return {name.replace("_", "-"): value for name, value in parameters.items()}


MISS = http_sf.Token("miss")
STALE = http_sf.Token("stale")
BYPASS = http_sf.Token("bypass")


@pytest.fixture
def card() -> Shown:
    @policy(use=Use.FRAGMENTS, tags=lambda key: [f"post:{key}"])
    def card(key: int) -> str:
        return f"card {key}"

    return card


def test_a_miss_that_is_stored_and_then_a_hit(card: Shown) -> None:
    assert said(lambda: card(1)) == [plain(fwd=MISS, stored=True, detail="card")]
    assert said(lambda: card(1)) == [plain(hit=True, detail="card")]


def test_a_policys_values_are_counted_and_not_named(card: Shown) -> None:
    card(1)
    assert said(lambda: card.many([1, 2, 3])) == [
        plain(fwd=MISS, stored=True, detail="card*2"),
        plain(hit=True, detail="card"),
    ]


@pytest.mark.django_db(transaction=True)
def test_what_an_invalidation_ended_was_stale(card: Shown) -> None:
    card(1)
    invalidate("post:1")
    (member,) = said(lambda: card(1))
    assert member["fwd"] == STALE
    assert member["detail"] == "card, invalidated"
    assert member["stored"] is True


def test_what_is_inside_of_a_value_is_nearer_to_the_origin(card: Shown) -> None:
    @policy(use=Use.FRAGMENTS, tags=lambda: ["post:1"])
    def whole() -> str:
        return card(1)

    assert [member["detail"] for member in said(whole)] == ["card", "whole"]
    assert [member["detail"] for member in said(whole)] == ["whole"]


@pytest.mark.parametrize("audience", [Audience.USER, Audience.STAFF])
def test_what_is_somebodys_own_goes_past_the_cache(audience: Audience) -> None:
    @policy(use=Use.AGGREGATES, audience=audience)
    def own(key: int) -> int:
        return key

    assert said(lambda: own(12), HTTP_COOKIE="sessionid=abc") == [plain(fwd=BYPASS, detail="own")]


@pytest.mark.parametrize(
    "caching",
    [
        pytest.param({"store": "off"}, id="no store"),
        pytest.param({"store": "local", "uses": frozenset()}, id="the use is off"),
    ],
)
def test_what_is_switched_off_is_a_bypass(
    card: Shown, settings: Any, caching: dict[str, Any]
) -> None:
    settings.CACHING = caching
    assert said(lambda: card(1)) == [plain(fwd=BYPASS, detail="card")]


def test_measuring_without_the_cache_is_a_bypass(card: Shown) -> None:
    def view() -> str:
        with bypass():
            return card(1)

    assert said(view) == [plain(fwd=BYPASS, detail="card")]


def test_waiting_for_anothers_computation_is_collapsed() -> None:
    begun, go = threading.Event(), threading.Event()

    @policy(use=Use.FRAGMENTS, dies=Dies.NEVER)
    def slow(key: int) -> str:
        begun.set()
        assert go.wait(10)
        return "text"

    first = threading.Thread(target=slow, args=(1,))
    first.start()
    assert begun.wait(10)
    threading.Timer(0.1, go.set).start()
    assert said(lambda: slow(1)) == [plain(fwd=MISS, collapsed=True, detail="slow")]
    first.join()


def test_an_aged_value_that_is_shown_because_its_source_is_down() -> None:
    down = [False]

    @policy(use=Use.SYNDICATED, dies=Dies.TTL, ttl=30)
    def feed() -> str:
        if down[0]:
            raise OSError("down")
        return "text"

    feed()
    store = current()
    assert store
    store.finish({}, [ask(feed.of()).freshness])
    down[0] = True
    assert said(feed) == [plain(hit=True, detail="feed, aged")]


def test_no_argument_key_or_tag_is_in_it(card: Shown) -> None:
    @policy(use=Use.FRAGMENTS, tags=lambda word: ["tag:hush"])
    def secret(word: str) -> str:
        return f"value of {word}"

    members = said(lambda: load(a=secret.of('hush", upstream; hit'), b=card.of(4711)))
    assert [member["detail"] for member in members] == ["card", "secret"]


def test_a_page_of_many_policies_has_a_line_of_bounded_length() -> None:
    made = []
    for number in range(100):

        def shown(key: int) -> str:
            return "text"

        shown.__name__ = f"a_policy_with_a_rather_long_name_{number}"
        made.append(policy(use=Use.FRAGMENTS)(shown))
    members = said(lambda: [each(1) for each in made])
    # The nearest to the reader are named, and the others counted.
    assert members[-1]["detail"].endswith("_0")
    assert members[0] == {"detail": f"{100 - len(members) + 1} more"}


def test_a_name_that_no_header_could_hold_is_spelt_otherwise() -> None:
    @policy(use=Use.FRAGMENTS)
    def größe() -> str:
        return "text"

    assert said(größe)[0]["detail"] == "gr??e"


def test_private_answers_say_it_as_well(card: Shown) -> None:
    assert said(lambda: card(1), method="POST") != []


def test_a_page_of_no_policies_says_nothing() -> None:
    assert said(lambda: "text") == []
