"""What the sampler makes of logs, keys and statements."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from exporters.sampler import keys, pages, statements
from exporters.sampler.statements import Spent
from exporters.sampler.table import LONGEST_CELL, MOST_ROWS, Unavailable, table

NOW = 1_000_000.0


def test_pages_are_counted_over_what_the_log_holds() -> None:
    lines = [
        *['999990 / "django; fwd=bypass", varnish; hit; ttl=60'] * 30,
        *["999995 / redis; hit, varnish; fwd=miss; stored"] * 10,
        *["999991 /inbox/ varnish; fwd=bypass"] * 10,
        *["999999 /up -"] * 99,
        "not a line of the log",
    ]
    found = pages.asked(lines, NOW)
    assert found["rows"] == [["/", 4.0, 0.75], ["/inbox/", 1.0, 0.0]]
    assert "50 requests in the last 10 s" in found["note"]


def test_what_is_older_than_a_minute_does_not_count() -> None:
    found = pages.asked(
        ["999000 /old/ varnish; hit", "999970 /new/ varnish; hit; ttl=-3; detail=stale"], NOW
    )
    assert [row[0] for row in found["rows"]] == ["/new/"]
    assert "in the last 60 s" in found["note"]


def test_an_empty_log_is_an_empty_table() -> None:
    assert pages.asked([], NOW)["rows"] == []


def test_a_varnish_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "COMMAND", ("false",))
    with pytest.raises(Unavailable, match="does it run"):
        pages.look()


@pytest.mark.parametrize(
    ("key", "policy"),
    [
        ("e:post_card:1:697ec59a6acd4dd10c9a6b8aa19f4433", "post_card"),
        ("t:post:a-slug", "(stamps of tags)"),
        ("f:e:trending:1:ab", "(freshness of what dies by age)"),
        ("h:e:trending:1:ab", "(claims)"),
        (":1:views.decorators.cache", "(others)"),
        ("", "(others)"),
    ],
)
def test_a_key_tells_its_policy(key: str, policy: str) -> None:
    assert keys.policy_of(key) == policy


@contextmanager
def answering(answer: bytes) -> Iterator[int]:
    """The port of a server that answers whatever it is asked with this, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(answer)

        serving = Thread(target=serve)
        serving.start()
        yield listening.getsockname()[1]
        serving.join()


def test_memcacheds_keys_are_counted_by_policy() -> None:
    lines = (
        b"key=e%3Acard%3A1%3Aab exp=1 la=1 cas=1 fetch=no cls=1 size=100 flags=0\n"
        b"key=e%3Acard%3A1%3Acd exp=1 la=1 cas=1 fetch=no cls=1 size=100 flags=0\n"
        b"key=t%3Apost%3Aa exp=-1 la=1 cas=1 fetch=no cls=1 size=80 flags=0\nEND\r\n"
    )
    with answering(lines) as port:
        found = keys.of_memcached("127.0.0.1", port)
    assert found["rows"] == [["card", 2, 0.6667], ["(stamps of tags)", 1, 0.3333]]
    assert found["note"].startswith("all 3 keys")


def test_a_dump_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "MOST_LINES", 10)
    with answering(b"key=e%3Acard%3A1%3Aab exp=1\n" * 100) as port:
        found = keys.of_memcached("127.0.0.1", port)
    assert found["rows"] == [["card", 10, 1.0]]
    assert found["note"].startswith("the first 10 keys")


def test_a_dump_that_was_cut_off_is_not_said_to_be_whole() -> None:
    with answering(b"key=e%3Acard%3A1%3Aab exp=1\n" * 3) as port:
        found = keys.of_memcached("127.0.0.1", port)
    assert found["note"].startswith("the first 3 keys")


def test_a_memcached_that_is_busy_or_gone_is_told() -> None:
    with (
        answering(b"BUSY currently processing crawler request\r\n") as port,
        pytest.raises(Unavailable),
    ):
        keys.of_memcached("127.0.0.1", port)
    with pytest.raises(Unavailable):
        keys.of_memcached("127.0.0.1", port)


def test_a_redis_that_is_gone_is_told() -> None:
    with pytest.raises(Unavailable, match="Redis gives no answer"):
        keys.of_redis("127.0.0.255")


def test_statements_are_told_by_the_time_that_they_took_between_two_looks() -> None:
    before = {1: Spent("SELECT 1", 100, 50.0, 100), 2: Spent("SELECT 2", 5, 900.0, 5)}
    after = {
        1: Spent("SELECT  1\n  FROM a", 104, 54.0, 108),
        2: Spent("SELECT 2", 5, 900.0, 5),
        3: Spent("SELECT 3", 2, 40.0, 2),
    }
    found = statements.grown(before, after, 2.0)
    assert found["rows"] == [["SELECT 3", 1.0, 20.0, 1.0], ["SELECT 1 FROM a", 2.0, 1.0, 2.0]]


def test_a_table_is_bounded() -> None:
    found = table("t", ("a",), [["x" * 1000]] * 100, "")
    assert len(found["rows"]) == MOST_ROWS
    assert len(str(found["rows"][0][0])) == LONGEST_CELL
