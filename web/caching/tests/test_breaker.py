"""A server that gives no answer is asked by nobody but the probe, until it answers again."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import pytest

from caching.stores import resilient
from caching.stores.local import LocalStore
from caching.stores.resilient import ResilientStore

from .conftest import Count


class Server(LocalStore):
    refusals = (ValueError,)

    def __init__(self) -> None:
        super().__init__()
        self.hangs = False
        self.refuses = False
        self.asked = 0

    def ping(self) -> None:
        if self.hangs:
            raise TimeoutError

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        self.asked += 1
        if self.hangs:
            raise TimeoutError
        if self.refuses:
            raise ValueError
        return super().get_many(keys)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setattr(resilient, "PROBE", 0.05)
    return Server()


def wait_until_closed(store: ResilientStore) -> None:
    ends = time.monotonic() + 5
    while not store.answers and time.monotonic() < ends:
        time.sleep(0.01)
    assert store.answers


def test_requests_do_not_ask_a_server_that_hangs(server: Server, grown: Count) -> None:
    store = ResilientStore(server)
    server.hangs = True
    assert store.get_many(["a"]) == {}
    asked = server.asked
    assert [store.get_many(["a"]) for _ in range(50)] == [{}] * 50
    assert server.asked <= asked + 1, "the probe asked, and no request"
    assert store.claim({}, []) is None
    assert store.finish({}, ["a"]) is False
    assert grown("errors_total", call="get", kind="open") == 50
    server.hangs = False
    wait_until_closed(store)
    store.finish({"a": (b"1", 60)}, ())
    assert store.get_many(["a"]) == {"a": b"1"}


def test_who_has_nothing_to_do_learns_of_it_before_a_reader_comes(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resilient, "QUIET", 0.05)
    store = ResilientStore(server)
    store.get_many(["a"])
    server.hangs = True
    ends = time.monotonic() + 5
    while store.answers and time.monotonic() < ends:
        time.sleep(0.01)
    assert not store.answers
    asked = server.asked
    server.hangs = False
    wait_until_closed(store)
    assert server.asked > asked, "a read, and not only a ping, closed it"


def test_the_guardian_ends_with_its_store(server: Server) -> None:
    def guardians() -> int:
        return sum(thread.name == "caching-guardian" for thread in threading.enumerate())

    before = guardians()
    store = ResilientStore(server)
    store.get_many(["a"])
    assert guardians() == before + 1
    del store
    ends = time.monotonic() + 5
    while guardians() > before and time.monotonic() < ends:
        time.sleep(0.01)
    assert guardians() <= before


def test_a_write_is_told_even_while_the_breaker_is_open(server: Server) -> None:
    store = ResilientStore(server)
    server.hangs = True
    store.get_many(["a"])
    assert store.tell({"stamp": b"1"}, 60) is True
    server.hangs = False
    wait_until_closed(store)


def test_an_answer_that_is_none_opens_it_too(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def garbage(keys: Sequence[str]) -> dict[str, bytes]:
        raise AttributeError("what the client makes of it")

    store = ResilientStore(server)
    with monkeypatch.context() as patch:
        patch.setattr(server, "get_many", garbage)
        assert store.get_many(["a"]) == {}
        assert not store.answers
        time.sleep(0.15)
        assert not store.answers, "the probe goes on"
    wait_until_closed(store)


def test_an_answer_that_trickles_opens_it(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    store = ResilientStore(server, deadline=0.02)

    def trickle(keys: Sequence[str]) -> dict[str, bytes]:
        time.sleep(0.1)
        return {"a": b"1"}

    monkeypatch.setattr(server, "get_many", trickle)
    assert store.get_many(["a"]) == {"a": b"1"}
    assert store.get_many(["a"]) == {}


def test_a_server_that_refuses_is_asked_again(server: Server, grown: Count) -> None:
    store = ResilientStore(server)
    server.refuses = True
    assert [store.get_many(["a"]) for _ in range(3)] == [{}] * 3
    assert server.asked == 3
    assert grown("errors_total", call="get", kind="refused") == 3
