"""A store's connections: one for each thread, and nobody waits for a name that is not found."""

from __future__ import annotations

import socket
import threading
from typing import Any

import pytest

from caching.stores.connections import PerThread

FOUND = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.9", 0))]


def test_a_name_that_is_long_in_being_found_holds_up_no_caller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found, asked = threading.Event(), threading.Event()

    def look_up(*_: Any, **__: Any) -> Any:
        asked.set()
        assert found.wait(20)
        return FOUND

    monkeypatch.setattr("caching.stores.connections.socket.getaddrinfo", look_up)
    connection = PerThread("redis", lambda address: address, deadline=0.05)
    with pytest.raises(TimeoutError, match=r"redis is not found within 0\.05 s"):
        connection()
    assert asked.is_set()
    found.set()
    connection.look_up()
    assert connection() == "127.0.0.9"


def test_a_name_that_does_not_exist_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(*_: Any, **__: Any) -> Any:
        raise socket.gaierror("Name or service not known")

    monkeypatch.setattr("caching.stores.connections.socket.getaddrinfo", look_up)
    with pytest.raises(OSError, match="not known"):
        PerThread("redis", lambda address: address, deadline=20.0)()


def test_each_thread_has_its_own_and_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("caching.stores.connections.socket.getaddrinfo", lambda *_, **__: FOUND)
    connection: PerThread[object] = PerThread("redis", lambda _: object(), deadline=5.0)
    others: list[object] = []
    thread = threading.Thread(target=lambda: others.append(connection()))
    thread.start()
    thread.join()
    assert connection() is connection()
    assert others[0] is not connection()
