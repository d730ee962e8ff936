"""Policies on the store in local memory: what is kept, what dies, what is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import Http404
from django.utils.safestring import SafeString, mark_safe
from prometheus_client import REGISTRY

from caching import (
    Audience,
    Dies,
    NotCacheable,
    Policy,
    PrivateInPublic,
    ShortInLong,
    Use,
    bypass,
    invalidate,
    invalidate_everything,
    load,
    policies,
    policy,
)
from caching.stores import current


class Counted:
    """A policy over a value that a test can change, which counts how often it is computed."""

    def __init__(self, **how: Any) -> None:
        self.computed = 0
        self.value: Any = "first"

        def counted(key: int) -> Any:
            self.computed += 1
            return self.value

        self.policy: Policy[Any, Any] = policy(**{"use": Use.FRAGMENTS, **how})(counted)

    def __call__(self, key: int = 1) -> Any:
        return self.policy(key)


def of_key(key: int) -> list[str]:
    return [f"thing:{key}"]


def test_a_value_is_computed_once_for_each_argument() -> None:
    counted = Counted(tags=of_key)
    assert [counted(1), counted(1), counted(2)] == ["first"] * 3
    assert counted.computed == 2


@pytest.mark.parametrize("value", [None, 0, "", "text", b"\x00", [1, "a"], {"a": [1.5, None]}])
def test_values_come_back_as_they_were(value: Any) -> None:
    counted = Counted()
    counted.value = value
    assert counted() == value
    again = counted()
    assert (again, type(again)) == (value, type(value))
    assert counted.computed == 1


def test_safe_html_stays_safe_and_plain_text_does_not_become_it() -> None:
    safe, plain = Counted(), Counted
    safe.value = mark_safe("<b>é</b>")
    assert isinstance((safe(), safe())[1], SafeString)
    policies._declared.clear()
    other = plain(version=2)
    other.value = "<b>"
    assert not isinstance((other(), other())[1], SafeString)


@pytest.mark.django_db(transaction=True)
def test_a_committed_write_ends_what_its_tags_stand_for() -> None:
    counted = Counted(tags=of_key)
    counted(1)
    counted(2)
    counted.value = "second"
    with transaction.atomic():
        invalidate("thing:1")
        assert elsewhere(counted, 1) == "first", "before the commit readers see what is committed"
        assert counted(1) == "second", "the writer itself sees what it wrote"
        assert elsewhere(counted, 1) == "first", "and shows it to nobody"
    assert counted(1) == "second"
    assert counted(2) == "first"


@pytest.mark.django_db(transaction=True)
def test_a_write_that_is_rolled_back_ends_nothing() -> None:
    counted = Counted(tags=of_key)
    counted()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        invalidate("thing:1")
        raise ZeroDivisionError
    counted.value = "second"
    assert counted() == "first"


@pytest.mark.django_db(transaction=True)
def test_a_reader_slower_than_a_write_cannot_put_the_old_value_back() -> None:
    """It read the old row, then the write committed and invalidated, then it stores."""
    rows = {"now": "old"}

    @policy(use=Use.FRAGMENTS, tags=of_key)
    def straddled(key: int) -> str:
        seen = rows["now"]
        if seen == "old":
            rows["now"] = "new"
            invalidate("thing:1")
        return seen

    assert straddled(1) == "old"
    assert straddled(1) == "new"


@pytest.mark.django_db(transaction=True)
def test_everything_ends_at_once() -> None:
    counted = Counted()
    counted()
    invalidate_everything()
    counted()
    assert counted.computed == 2


@pytest.mark.django_db(transaction=True)
def test_by_age_alone_a_write_changes_nothing(settings: Any) -> None:
    settings.CACHING = {"store": "local", "freshness": "ttl"}
    counted = Counted(tags=of_key)
    counted()
    counted.value = "second"
    invalidate_now("thing:1")
    assert counted() == "first"


def test_an_aged_value_is_made_anew_by_one_caller(settings: Any) -> None:
    counted = Counted(dies=Dies.TTL, ttl=30)
    counted()
    age(counted.policy.of(1).key)
    store = current()
    assert store
    hold = f"h:{counted.policy.of(1).key}"
    store.finish({hold: (b"somebody else", 10)}, ())
    counted.value = "second"
    assert counted() == "first"
    store.finish({}, [hold])
    assert counted() == "second"


def test_an_aged_value_is_shown_while_its_source_is_down() -> None:
    working = [True]

    @policy(use=Use.SYNDICATED, dies=Dies.TTL, ttl=30)
    def partner() -> str:
        if not working[0]:
            raise OSError("down")
        return "news"

    partner()
    age(partner.of().key)
    working[0] = False
    assert partner() == "news"


def test_what_is_gone_is_gone_however_aged_its_value() -> None:
    there = [True]

    @policy(use=Use.FRAGMENTS, dies=Dies.TTL, ttl=30)
    def post(key: int) -> str:
        if not there[0]:
            raise Http404
        return "text"

    post(1)
    age(post.of(1).key)
    there[0] = False
    for _ in range(2):
        with pytest.raises(Http404):
            post(1)


def test_what_is_gone_takes_no_other_policys_old_value_with_it() -> None:
    working = [True]

    @policy(use=Use.FRAGMENTS)
    def missing(slug: str) -> str:
        raise Http404

    @policy(use=Use.SYNDICATED, dies=Dies.TTL, ttl=30)
    def news() -> str:
        if not working[0]:
            raise OSError("down")
        return "news"

    news()
    age(news.of().key)
    working[0] = False
    with pytest.raises(Http404):
        load(page=missing.of("a"), news=news.of())
    assert news() == "news"


def test_a_source_that_was_never_up_is_an_error() -> None:
    @policy(use=Use.SYNDICATED, dies=Dies.TTL)
    def partner() -> str:
        raise OSError("down")

    with pytest.raises(OSError, match="down"):
        partner()


def test_load_is_one_round_trip(monkeypatch: pytest.MonkeyPatch) -> None:
    one, rest = Counted(tags=of_key), {}
    store = current()
    assert store
    one()
    trips = []
    get_many = store.get_many
    monkeypatch.setattr(store, "get_many", lambda keys: trips.append(keys) or get_many(keys))
    loaded = load(a=one.policy.of(1), b=one.policy.of(1), **rest)
    assert (loaded.a, loaded["b"]) == ("first", "first")
    assert len(trips) == 1


def test_many_computes_its_misses_in_one_call() -> None:
    calls: list[list[int]] = []

    @policy(use=Use.AGGREGATES)
    def squares(number: int) -> int:
        return number * number

    @squares.bulk
    def _(numbers: list[int]) -> dict[int, int]:
        calls.append(numbers)
        return {number: number * number for number in numbers}

    squares.many([2])
    assert squares.many([1, 2, 3]) == {1: 1, 2: 4, 3: 9}
    assert calls == [[2], [1, 3]]


def test_a_use_that_is_off_keeps_nothing(settings: Any) -> None:
    settings.CACHING = {"store": "local", "uses": frozenset({"compiled"})}
    counted = Counted()
    counted()
    counted()
    assert counted.computed == 2


@pytest.mark.parametrize("audience", [Audience.USER, Audience.STAFF])
def test_what_is_not_public_never_enters_the_shared_cache(audience: Audience) -> None:
    counted = Counted(audience=audience)
    counted()
    counted()
    assert counted.computed == 2


@pytest.mark.parametrize("audience", [Audience.USER, Audience.STAFF])
def test_what_a_private_value_is_made_of_is_not_kept_either(audience: Audience) -> None:
    inner = Counted(dies=Dies.NEVER)

    @policy(use=Use.FRAGMENTS, dies=Dies.NEVER)
    def middle(key: int) -> str:
        return f"{inner(key)}"

    @policy(use=Use.FRAGMENTS, audience=audience)
    def preview(key: int) -> str:
        return f"draft: {middle(key)}"

    assert [preview(1), preview(1)] == ["draft: first"] * 2
    assert inner.computed == 2
    assert [middle(1), middle(1)] == ["first"] * 2
    assert inner.computed == 3, "beside it they are kept as always"


def test_bypassed_everything_is_computed() -> None:
    counted = Counted()
    counted()
    with bypass():
        assert [counted(), counted()] == ["first", "first"]
    counted()
    assert counted.computed == 3


@pytest.mark.django_db
def test_model_instances_are_refused() -> None:
    counted = Counted()
    for value in (Group(name="a"), [Group(name="a")], Group.objects.all()):
        counted.value = value
        with pytest.raises(NotCacheable, match="would overwrite"):
            counted()


def test_private_within_public_is_refused() -> None:
    inner = Counted(audience=Audience.USER)

    @policy(use=Use.FRAGMENTS)
    def outer() -> str:
        return f"hello {inner()}"

    with pytest.raises(PrivateInPublic, match="shown to everybody"):
        outer()


def test_what_ages_within_what_lasts_is_refused() -> None:
    inner = Counted(dies=Dies.TTL)

    @policy(use=Use.FRAGMENTS, tags=lambda: ["thing"])
    def outer() -> str:
        return f"{inner()}"

    with pytest.raises(ShortInLong, match="dies by age"):
        outer()


@pytest.mark.parametrize("data", [b"", b"garbage", b"\x93\x90\x07\xc0", b"\x93\x90\x01\xc0"])
def test_garbage_is_a_miss(data: bytes) -> None:
    counted = Counted()
    store = current()
    assert store
    store.finish({counted.policy.of(1).key: (data, 60)}, ())
    assert counted() == "first"


@pytest.mark.parametrize("tag", ["", "a b", "a,b", "é", "a" * 201, "line\n"])
def test_what_is_no_tag_is_refused_before_the_write_commits(tag: str) -> None:
    with pytest.raises(ValueError, match="is no tag"):
        invalidate(tag)


def test_two_policies_of_one_name_are_refused() -> None:
    Counted()
    with pytest.raises(ValueError, match="declared twice"):
        Counted()


def age(key: str) -> None:
    """Makes the entry as old as its lifetime."""
    store = current()
    assert store
    store.finish({}, [f"f:{key}"])


def invalidate_now(tag: str) -> None:
    from caching.invalidation import settle

    settle([0], [tag])


def elsewhere(call: Any, *arguments: Any) -> Any:
    """What another thread, with a connection of its own, gets."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call, *arguments).result()


def test_what_alerts_take_a_rate_of_is_there_before_it_grows() -> None:
    @policy(use=Use.FRAGMENTS)
    def never_asked_for() -> str:
        return ""

    asked = [
        ("caching_waits_total", {"outcome": "got"}),
        ("caching_waits_total", {"outcome": "gave_up"}),
        ("caching_stale_served_total", {}),
    ]
    for name, labels in asked:
        assert REGISTRY.get_sample_value(name, {"policy": "never_asked_for", **labels}) == 0
