"""The trace of real requests, and the Cache-Status lines of the layers that it reads."""

import subprocess
import time

import pytest

from checks import stack
from checks.visitor import Visitor, first_asset, first_post
from tracing import account, address, cache_status, collect, tags, way

POST, ASSET = "{post}", "{asset}"  # filled in with addresses that exist
LEASE = 1.5  # seconds: web/caching/conf.py


@pytest.fixture
def places() -> dict[str, str]:
    found = {POST: first_post(Visitor()), ASSET: first_asset(Visitor())}
    stack.forget_kept()  # finding them has filled the caches
    return found


def traced(path: str, user: str | None = None) -> way.Way:
    return collect.trace(address.parse(path, int(stack.setting("LAB_PORT"))), user)


def members(path: str) -> list[cache_status.Member]:
    answer = Visitor().get(path)
    assert len(answer.cache_status) <= 1_200
    return cache_status.parse(answer.cache_status)


@pytest.mark.parametrize("path", ["/", POST, "/board/", ASSET])
def test_a_miss_goes_through_every_layer_and_then_a_hit_through_none(
    path: str, places: dict[str, str]
) -> None:
    path = places.get(path, path)
    first, second = traced(path), traced(path)
    assert first.edge.outcome == "miss"
    assert first.edge.kept
    assert first.origin is not None
    assert first.origin.status == 200
    assert (second.edge.outcome, second.origin) == ("hit", None)
    assert second.edge.tags == first.edge.tags
    assert not second.edge.tags_cut
    assert second.edge.lifetime is not None
    assert second.edge.lifetime > 0
    if first.place == way.SITE:
        assert first.origin.replica.startswith("web-")
        assert tags.EVERYTHING in first.edge.tags
        assert first.uses
        # What is said of a copy is how it was made.
        assert second.uses == first.uses


def test_what_was_purged_is_a_miss(places: dict[str, str]) -> None:
    before = traced(places[POST])
    tag = next(each for each in before.edge.tags if each.startswith("post:"))
    stack.inside(
        "web",
        *("python", "manage.py", "shell", "-c", f"from caching import invalidate; invalidate('{tag}')"),
    )  # fmt: skip
    # Until they have looked again the replicas may know no more than that something is owed, and take
    # the tag for doubted (web/caching/watch.py: a lease at most).
    time.sleep(LEASE)
    after = traced(places[POST])
    assert after.edge.outcome == "miss"
    assert after.uses
    assert ("stale", "invalidated") in {(use.outcome, use.why) for use in after.uses}


def test_a_members_own_page_is_not_kept() -> None:
    own = [traced("/inbox/", "member") for _ in range(2)]
    for found in own:
        assert found.status == 200, "logged in"
        assert found.edge.outcome in ("pass", "miss")
        assert not found.edge.kept
        assert found.origin is not None
        assert found.uses
    assert traced("/inbox/").status == 302, "nobody else is"


def test_a_page_that_has_just_aged_is_shown_and_made_anew() -> None:
    # It dies by age, and soon (web/magazine/policies.py).
    stack.forget_kept()
    fresh = traced("/trending/")
    assert fresh.edge.lifetime is not None
    time.sleep(max(0.0, fresh.edge.lifetime) + 1)
    found = traced("/trending/")
    assert found.edge.outcome == "stale"
    assert found.edge.lifetime is not None
    assert found.edge.lifetime < 0
    assert found.edge.refreshing


def test_a_trace_leaves_nothing_behind() -> None:
    sessions = "__import__('django.contrib.sessions.models', fromlist=['Session']).Session"
    count = f"{sessions}.objects.count(), User.objects.get(username='member').last_login"
    before = stack.in_django(count)
    traced("/", "member")
    assert stack.in_django(count) == before


@pytest.mark.parametrize("name", ["nobody-of-this-name", "", "a' or 1=1 --", 'x"); exit(1) #'])
def test_who_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(account.UnknownUser):
        traced("/", name)


def test_the_task_prints_a_picture(places: dict[str, str]) -> None:
    done = subprocess.run(
        ["./scripts/lab", "trace", "/"],
        cwd=stack.TOP,
        capture_output=True,
        text=True,
        check=True,
        timeout=stack.PATIENCE,
    )
    assert "varnish    MISS" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_every_layer_has_its_line_nearest_to_the_origin_first(places: dict[str, str]) -> None:
    caches = [member.cache for member in members(places[POST])]
    assert caches[-2:] == ["nginx", "varnish"]
    assert set(caches[:-2]) == {"upstream"}
    assert [member.cache for member in members(places[ASSET])] == ["varnish"]


def test_a_private_page_says_it_as_well() -> None:
    (*upstream, nginx, varnish) = members("/accounts/login/")
    assert {member.cache for member in upstream} <= {"upstream"}
    assert nginx.status == 200
    assert not varnish.hit
    assert not varnish.stored


def test_a_visitor_cannot_write_into_it() -> None:
    answer = Visitor().send("/", headers={"Cache-Status": "forged; hit"})
    assert "forged" not in answer.cache_status
