"""What the library refuses, and that it says what to do instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group

from caching import (
    Audience,
    BadPolicy,
    Dies,
    MissingTags,
    NotCacheable,
    PrivateInPublic,
    Use,
    policy,
)
from caching import refuse_private as refuse

from .conftest import Count


def named(name: str, *parameters: str) -> Callable[..., Any]:
    """A function of this name with these parameters."""
    scope: dict[str, Any] = {}
    exec(f"def {name}({', '.join(parameters)}): return 'x'", scope)  # noqa: S102
    made: Callable[..., Any] = scope[name]
    return made


@pytest.mark.parametrize("parameter", ["request", "session", "user", "user_id", "member"])
def test_a_private_value_under_a_public_key(parameter: str) -> None:
    with pytest.raises(BadPolicy, match=r"shown to the next person.*Audience\.USER"):
        policy(use=Use.FRAGMENTS)(named("greeting", parameter))
    policy(use=Use.FRAGMENTS, audience=Audience.USER)(named("greeting", parameter))


@pytest.mark.parametrize(
    "how", [{"tags": lambda: ["a"]}, {"dies": Dies.NEVER}, {"dies": Dies.TTL, "ttl": 5}]
)
def test_a_staff_value_in_a_shared_cache(how: dict[str, Any]) -> None:
    with pytest.raises(BadPolicy, match="never enters a shared cache"):
        policy(use=Use.FRAGMENTS, audience=Audience.STAFF, **how)(named("draft"))


def test_a_lifetime_that_says_nothing() -> None:
    with pytest.raises(BadPolicy, match=r"add dies=Dies\.TTL"):
        policy(use=Use.FRAGMENTS, ttl=5)(named("short"))


def test_what_is_read_of_a_person_while_a_public_value_is_computed() -> None:
    @policy(use=Use.FRAGMENTS)
    def banner() -> str:
        refuse("request.user")
        return "hello"

    @policy(use=Use.FRAGMENTS, audience=Audience.USER)
    def greeting() -> str:
        refuse("request.user")
        return "hello"

    with pytest.raises(PrivateInPublic, match=r"banner is public and reads request\.user"):
        banner()
    assert greeting() == "hello"
    refuse("request.user")


@pytest.mark.parametrize("argument", [object(), Group(name="a"), {"a": Group(name="a")}])
def test_what_can_be_no_key(argument: Any) -> None:
    @policy(use=Use.FRAGMENTS)
    def shown(thing: Any) -> str:
        return "x"

    with pytest.raises(NotCacheable, match="part of a key"):
        shown(argument)


@pytest.mark.parametrize(
    "argument", ["a" * 10_000, "a b\r\nset x", "\x00", "é" * 300, "\ud800", ""]
)
def test_long_and_hostile_arguments_make_legal_keys(argument: str) -> None:
    @policy(use=Use.FRAGMENTS)
    def shown(thing: str) -> int:
        return len(thing)

    key = shown.of(argument).key
    assert key.isascii()
    assert key.isprintable()
    assert " " not in key
    assert len(key) < 200
    assert [shown(argument), shown(argument)] == [len(argument)] * 2


def test_more_tags_than_a_round_trip_should_carry() -> None:
    @policy(use=Use.FRAGMENTS, tags=lambda: [f"t{number}" for number in range(100)])
    def shown() -> str:
        return "x"

    with pytest.raises(NotCacheable, match="a tag in common"):
        shown()


def test_a_value_that_is_too_large_is_shown_and_counted(grown: Count) -> None:
    @policy(use=Use.FRAGMENTS)
    def huge() -> bytes:
        import random

        return random.Random(1).randbytes(1_000_001)  # nothing compresses it

    assert len(huge()) == len(huge()) == 1_000_001
    assert grown("refused_total", policy="huge", reason="size") == 2


def test_a_value_of_another_type_than_was_declared_is_shown_and_counted(grown: Count) -> None:
    @policy(use=Use.FRAGMENTS)
    def wrong() -> int:
        return "text"  # type: ignore[return-value]

    assert [wrong(), wrong()] == ["text", "text"]
    assert grown("refused_total", policy="wrong", reason="shape") == 2


def nested(depth: int) -> list[Any]:
    made: list[Any] = []
    for _ in range(depth):
        made = [made]
    return made


@pytest.mark.parametrize(
    "value", ["\ud800", 2**70, nested(100_000)], ids=["surrogate", "big", "deep"]
)
def test_what_has_no_bytes_is_shown_and_counted(value: Any, grown: Count) -> None:
    @policy(use=Use.FRAGMENTS)
    def odd() -> Any:
        return value

    assert odd() is value
    assert grown("refused_total", policy="odd", reason="shape") == 1


def test_what_may_be_text_or_nothing_is_kept() -> None:
    computed = []

    @policy(use=Use.FRAGMENTS)
    def name() -> str | None:
        computed.append(1)
        return "text"

    assert [name(), name()] == ["text", "text"]
    assert len(computed) == 1


def test_a_type_that_can_not_be_checked_is_refused() -> None:
    @policy(use=Use.FRAGMENTS)
    def odd() -> list[int] | tuple[str, ...]:
        return [1]

    with pytest.raises(BadPolicy, match="can't be checked"):
        odd()


@pytest.mark.parametrize(("one", "other"), [(1, True), (1, 1.0), (("x", 1), ("x", True))])
def test_arguments_that_are_equal_and_differ_have_keys_of_their_own(one: Any, other: Any) -> None:
    @policy(use=Use.FRAGMENTS)
    def shown(thing: Any) -> str:
        return repr(thing)

    assert (shown(one), shown(other), shown(one)) == (repr(one), repr(other), repr(one))


def test_a_number_beyond_64_bits_is_a_key() -> None:
    @policy(use=Use.FRAGMENTS)
    def shown(number: int) -> str:
        return str(number)

    assert shown(2**70) == str(2**70)


def test_a_value_inside_of_one_that_outlives_it() -> None:
    @policy(use=Use.AGGREGATES, tags=lambda slug: [f"{slug}:comments", f"{slug}:votes"])
    def counts(slug: str) -> int:
        return 1

    @policy(use=Use.FRAGMENTS, tags=lambda slug: [f"{slug}:comments"])
    def card(slug: str) -> str:
        return f"{counts(slug)} comments"

    with pytest.raises(MissingTags, match=r"counts inside of card: a:votes.*Give card these tags"):
        card("a")


def test_several_at_once_are_each_held_to_their_own_tags() -> None:
    @policy(use=Use.AGGREGATES, tags=lambda slug: [f"t:{slug}"])
    def inner(slug: str) -> str:
        return slug

    @policy(use=Use.FRAGMENTS, tags=lambda slug: [f"t:{slug}"])
    def outer(slug: str) -> str:
        return inner(slug)

    @policy(use=Use.FRAGMENTS, tags=lambda slug: [f"t:{slug}"])
    def wrong(slug: str) -> str:
        return inner("a")

    assert outer.many(["a", "b"]) == {"a": "a", "b": "b"}
    with pytest.raises(MissingTags):
        wrong.many(["a", "b"])
