"""A missing value is computed by one caller; the others wait for it, for so long and no longer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.http import Http404

from caching import Dies, Policy, Use, load, page, policy
from caching.stores import Store, current
from caching.values import claim

from .conftest import Count


class Slow:
    """A policy whose computation lasts until the test lets it go."""

    def __init__(self, **how: Any) -> None:
        self.computed = 0
        self.go = threading.Event()
        self.begun = threading.Semaphore(0)

        def slow(key: int) -> str:
            self.computed += 1
            self.begun.release()
            self.go.wait(5)
            return f"value {self.computed}"

        self.policy: Policy[Any, str] = policy(**{"use": Use.FRAGMENTS, **how})(slow)


def many(call: Callable[[], Any], number: int) -> list[Any]:
    with ThreadPoolExecutor(number) as pool:
        return [each.result() for each in [pool.submit(call) for _ in range(number)]]


def hold(store: Store, key: str, seconds: int) -> None:
    """As a caller does that is somewhere else."""
    store.finish({f"h:{key}": (claim(f"h:{key}"), seconds)}, ())


def test_one_computes_while_the_others_wait(grown: Count) -> None:
    slow = Slow()
    threading.Timer(0.6, slow.go.set).start()
    assert set(many(lambda: slow.policy(1), 50)) == {"value 1"}
    assert slow.computed == 1
    assert grown("waits_total", policy="slow", outcome="got") >= 40, (
        "most came while it was computed"
    )


def test_whoever_holds_a_value_and_dies_is_followed_by_one_other(settings: Any) -> None:
    settings.CACHING = {"store": "local", "hold": 1, "wait": 4.0}
    slow = Slow()
    slow.go.set()
    store = current()
    assert store
    hold(store, slow.policy.of(1).key, 1)
    assert set(many(lambda: slow.policy(1), 20)) == {"value 1"}
    assert slow.computed == 1


def test_nobody_waits_longer_than_was_stated(settings: Any, grown: Count) -> None:
    settings.CACHING = {"store": "local", "hold": 60, "wait": 0.1}
    slow = Slow()
    slow.go.set()
    store = current()
    assert store
    hold(store, slow.policy.of(1).key, 60)
    assert slow.policy(1) == "value 1"
    assert grown("waits_total", policy="slow", outcome="gave_up") == 1
    assert slow.policy.of(1).key not in store.get_many([slow.policy.of(1).key]), "not kept"


def test_what_is_no_claim_is_not_waited_for(settings: Any, grown: Count) -> None:
    settings.CACHING = {"store": "local", "hold": 60, "wait": 60.0}
    slow = Slow()
    slow.go.set()
    store = current()
    assert store
    store.finish({f"h:{slow.policy.of(1).key}": (b"garbage", 60)}, ())
    assert slow.policy(1) == "value 1"
    assert grown("refused_total", policy="slow", reason="claim") == 1


def test_a_page_waits_no_longer_for_many_values_than_for_one(settings: Any) -> None:
    settings.CACHING = {"store": "local", "hold": 60, "wait": 0.2}
    slow = Slow()
    slow.go.set()
    store = current()
    assert store
    made = page.start()
    try:
        for number in range(20):
            hold(store, slow.policy.of(number).key, 60)
            slow.policy(number)
    finally:
        page.finish()
    assert slow.computed == 20
    assert made.waited < 2 * 0.2


def test_a_computation_that_fails_lets_go_and_is_counted(grown: Count) -> None:
    failing = [True]

    @policy(use=Use.FRAGMENTS)
    def shown() -> str:
        if failing[0]:
            raise OSError("down")
        return "text"

    with pytest.raises(OSError, match="down"):
        shown()
    failing[0] = False
    began = time.monotonic()
    assert shown() == "text"
    assert time.monotonic() - began < 1, "nobody holds it"
    assert grown("compute_failures_total", policy="shown") == 1


def test_what_does_not_exist_is_let_go_too() -> None:
    @policy(use=Use.FRAGMENTS)
    def shown(slug: str) -> str:
        raise Http404

    for _ in range(3):
        with pytest.raises(Http404):
            shown("a")


def test_an_aged_value_is_shown_to_all_but_the_one_who_makes_it_anew(grown: Count) -> None:
    slow = Slow(dies=Dies.TTL, ttl=30)
    slow.go.set()
    slow.policy(1)
    slow.go.clear()
    store = current()
    assert store
    store.finish({}, [f"f:{slow.policy.of(1).key}"])
    with ThreadPoolExecutor(1) as pool:
        slow.begun.acquire()
        anew = pool.submit(slow.policy, 1)
        slow.begun.acquire()
        assert many(lambda: slow.policy(1), 20) == ["value 1"] * 20
        slow.go.set()
        assert anew.result() == "value 2"
    assert slow.policy(1) == "value 2"
    assert grown("stale_served_total", policy="slow") == 20


def test_a_value_that_a_write_ends_while_it_is_computed_is_computed_again() -> None:
    """Those who waited are not shown what was made of the old data."""
    from caching.invalidation import _tell_upstream

    slow = Slow(tags=lambda key: ["thing"])
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(slow.policy, 1)
        slow.begun.acquire()
        second = pool.submit(slow.policy, 1)
        time.sleep(0.05)
        _tell_upstream(["thing"])
        slow.go.set()
        assert (first.result(), second.result()) == ("value 1", "value 2")


def test_what_is_looked_up_beside_and_inside_of_another_does_not_wait_for_itself() -> None:
    computed: list[str] = []

    @policy(use=Use.AGGREGATES, tags=lambda slug: [slug])
    def count(slug: str) -> int:
        computed.append("count")
        return 3

    @policy(use=Use.FRAGMENTS, tags=lambda slug: [slug])
    def footer(slug: str) -> str:
        computed.append("footer")
        return f"{count(slug)} comments"

    began = time.monotonic()
    page = load(count=count.of("a"), footer=footer.of("a"))
    assert (page.count, page.footer) == (3, "3 comments")
    assert computed == ["count", "footer"], "what is made already is taken"
    page = load(footer=footer.of("b"), count=count.of("b"))
    assert (page.count, page.footer) == (3, "3 comments")
    assert computed[2:] == ["footer", "count", "count"], "what is not, is computed there"
    assert time.monotonic() - began < 1


def test_whoever_waits_for_a_value_has_it_before_the_rest_of_a_batch(settings: Any) -> None:
    """One of two is computed here, the other is held by another process: the first is handed on at once."""
    settings.CACHING = {"store": "local", "hold": 60, "wait": 30.0}
    slow = Slow()
    store = current()
    assert store
    hold(store, slow.policy.of(2).key, 60)
    with ThreadPoolExecutor(2) as pool:
        both = pool.submit(lambda: load(here=slow.policy.of(1), there=slow.policy.of(2)))
        assert slow.begun.acquire(timeout=5)
        one = pool.submit(lambda: slow.policy(1))
        time.sleep(0.05)
        slow.go.set()
        assert one.result(5) == "value 1"
        assert not both.done()
        store.finish({}, [f"h:{slow.policy.of(2).key}"])
        assert both.result(5) == {"here": "value 1", "there": "value 2"}


def test_what_two_values_are_made_of_is_computed_once() -> None:
    """Each is held alone while the inner value is waited for: no circle can close, and nobody hurries."""
    inner = Slow()

    @policy(use=Use.FRAGMENTS)
    def outer(number: int) -> str:
        return f"{number} with {inner.policy(1)}"

    threading.Timer(0.4, inner.go.set).start()
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda number: outer(number), range(8)))
    assert made == [f"{number} with value 1" for number in range(8)]
    assert inner.computed == 1


def test_what_is_computed_deep_within_others_is_computed_once() -> None:
    """Each of the values around it is under way, and none waits to be begun: that is no hoard."""
    inner = Slow()

    @policy(use=Use.FRAGMENTS)
    def middle(number: int) -> str:
        return f"{number} with {inner.policy(1)}"

    @policy(use=Use.FRAGMENTS)
    def outer(number: int) -> str:
        return f"around {middle(number)}"

    threading.Timer(0.4, inner.go.set).start()
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda number: outer(number), range(8)))
    assert made == [f"around {number} with value 1" for number in range(8)]
    assert inner.computed == 1


def test_two_who_hold_what_the_other_needs_end_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    from caching import engine

    # The one who holds a value that it has not begun must not wait for long, whatever the other does.
    monkeypatch.setattr(engine, "MOST_WHILE_HOLDING", 30.0)
    both = threading.Barrier(2)
    met: list[int] = []

    @policy(use=Use.AGGREGATES)
    def first(slug: str) -> str:
        return "first"

    @policy(use=Use.FRAGMENTS)
    def second(slug: str) -> str:
        if not met:  # whoever gives up waiting computes it again, by itself
            met.append(both.wait(5))
        return f"second with {first(slug)}"

    @policy(use=Use.FRAGMENTS)
    def third(slug: str) -> str:
        both.wait(5)
        return f"third with {second(slug)}"

    began = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        # One holds `first` and goes for `second`, the other holds `second` and goes for `first`.
        one = pool.submit(lambda: load(third=third.of("a"), first=first.of("a")))
        time.sleep(0.1)
        other = pool.submit(lambda: second("a"))
        both_values = (one.result(5)["third"], other.result(5))
    assert both_values == ("third with second with first", "second with first")
    assert time.monotonic() - began < 3


def ends(call: Callable[[], Any]) -> bool:
    """Whether it ends by itself, long before whoever waits would give up."""
    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    thread.join(20)
    return not thread.is_alive()


@pytest.fixture
def patience(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody gives up."""
    settings.CACHING = {"store": "local", "hold": 600, "wait": 600.0}
    monkeypatch.setattr("caching.engine.MOST_WHILE_HOLDING", 600.0)
    monkeypatch.setattr("caching.engine.MOST_WHILE_HOARDING", 600.0)


@pytest.mark.usefixtures("patience")
def test_what_is_there_is_not_waited_for_by_what_is_computed_beside_it() -> None:
    @policy(use=Use.PROPERTIES)
    def count(key: int) -> int:
        return 7

    @policy(use=Use.FRAGMENTS)
    def footer(key: int) -> str:
        return f"{count(key)} comments"

    @policy(use=Use.FRAGMENTS)
    def page_of(key: int) -> str:
        pieces = load(count=count.of(key), footer=footer.of(key))
        return f"{pieces.count}: {pieces.footer}"

    count(1)
    assert ends(lambda: page_of(1))
    assert page_of(1) == "7: 7 comments"


@pytest.mark.usefixtures("patience")
def test_what_is_there_is_handed_on_before_the_rest_is_computed() -> None:
    slow = Slow()

    @policy(use=Use.PROPERTIES)
    def count(key: int) -> int:
        return 7

    @policy(use=Use.FRAGMENTS)
    def page_of(key: int) -> str:
        pieces = load(count=count.of(1), slow=slow.policy.of(key))
        return f"{pieces.count}: {pieces.slow}"

    @policy(use=Use.FRAGMENTS)
    def other() -> str:
        return f"{count(1)} comments"

    count(1)
    page = threading.Thread(target=lambda: page_of(1), daemon=True)
    page.start()
    slow.begun.acquire()  # the page has found the count, and computes the rest
    try:
        assert ends(other)
        assert page.is_alive(), "it was told only when all was done"
    finally:
        slow.go.set()
    page.join(20)
