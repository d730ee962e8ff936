"""Invalidations that could not be delivered at once: late, never lost."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from caching import Use, invalidate, invalidate_everything, policies, policy
from caching.invalidation import relay
from caching.models import PendingInvalidation
from caching.stores import current, resilient
from caching.stores.local import LocalStore

pytestmark = pytest.mark.django_db(transaction=True)


class Flaky(LocalStore):
    """Local memory that fails while `broken`, like a server that can't be reached."""

    refusals = ()
    broken = False

    def ping(self) -> None:
        pass

    def tell(self, values: Any, seconds: int) -> bool:
        if self.broken:
            raise ConnectionError("no route")
        return super().tell(values, seconds)


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Flaky:
    """A store whose failures are misses, over one that a test can break."""
    monkeypatch.setattr(policies, "_declared", {})
    settings.CACHING = {"store": "local", "lease": 0.01}
    flaky = Flaky()
    monkeypatch.setattr("caching.invalidation.current", lambda: resilient.ResilientStore(flaky))
    monkeypatch.setattr("caching.engine.current", lambda: flaky)
    return flaky


def grow_old() -> None:
    PendingInvalidation.objects.update(created_at=timezone.now() - timedelta(seconds=5))


def test_what_is_delivered_leaves_nothing_behind(server: Flaky) -> None:
    invalidate("thing")
    assert not PendingInvalidation.objects.exists()


def test_what_a_dead_cache_did_not_hear_it_hears_later(server: Flaky) -> None:
    truth = ["old"]

    @policy(use=Use.FRAGMENTS, tags=lambda: ["thing"])
    def shown() -> str:
        return truth[0]

    shown()
    server.broken = True
    truth[0] = "new"
    with transaction.atomic():
        invalidate("thing")
    assert shown() == "old", "the write could not be told"
    grow_old()
    assert relay() == 0, "still broken: what is owed stays owed"
    server.broken = False
    assert relay() == 1
    assert shown() == "new"
    assert relay() == 0, "nothing is left but the mark, which goes"
    assert not PendingInvalidation.objects.exists()


def test_the_relay_leaves_alone_what_its_writer_is_delivering(server: Flaky) -> None:
    PendingInvalidation.objects.create(tags="thing")
    assert relay() == 0
    grow_old()
    assert relay() == 1


def test_a_rolled_back_write_owes_nothing(server: Flaky) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        invalidate("thing")
        raise ZeroDivisionError
    assert not PendingInvalidation.objects.exists()


class Edge(BaseHTTPRequestHandler):
    """Hears purges; `status` is its answer."""

    status = 200
    heard: list[tuple[str, str]] = []

    def do_PURGE(self) -> None:
        self.heard.append((self.headers["Surrogate-Key"], self.headers["X-Purge-Token"]))
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def edge(settings: Any) -> Iterator[type[Edge]]:
    server = HTTPServer(("127.0.0.1", 0), Edge)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Edge.heard, Edge.status = [], 200
    settings.CACHING = {
        "store": "local",
        "purge_urls": (f"http://127.0.0.1:{server.server_port}/",),
        "purge_token": "secret",
    }
    yield Edge
    server.shutdown()
    server.server_close()


def test_the_edge_is_purged_with_tags_and_token(edge: type[Edge]) -> None:
    invalidate("post:1", "posts")
    assert edge.heard == [("post:1 posts", "secret")]
    assert not PendingInvalidation.objects.exists()


def test_a_purge_of_many_tags_goes_in_lines_that_servers_accept(edge: type[Edge]) -> None:
    tags = [f"post:{number:0150}" for number in range(100)]
    invalidate(*tags)
    assert [tag for line, _ in edge.heard for tag in line.split()] == tags
    assert max(len(line) for line, _ in edge.heard) <= 4_000
    assert len(edge.heard) == 4


def test_an_edge_that_refuses_is_asked_again(edge: type[Edge]) -> None:
    edge.status = 503
    invalidate("post:1")
    assert PendingInvalidation.objects.count() == 1
    edge.status = 200
    grow_old()
    assert relay() == 1
    assert edge.heard == [("post:1", "secret")] * 2


def test_every_edge_is_told_and_what_one_missed_it_hears_later(
    edge: type[Edge], settings: Any
) -> None:
    (url,) = settings.CACHING["purge_urls"]
    settings.CACHING = {**settings.CACHING, "purge_urls": ("http://127.0.0.1:9/", url)}
    invalidate("post:1")
    assert edge.heard == [("post:1", "secret")], "the one that is there was told at once"
    assert PendingInvalidation.objects.count() == 1
    settings.CACHING = {**settings.CACHING, "purge_urls": (url, url)}
    grow_old()
    assert relay() == 1
    assert len(edge.heard) == 3


def test_the_name_of_an_edge_that_is_gone_holds_up_nobody(
    edge: type[Edge], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = settings.CACHING["purge_urls"][0].rpartition(":")[2]
    settings.CACHING = {**settings.CACHING, "purge_urls": (f"http://edge.test:{port}",)}
    gone, asked, answer = threading.Event(), threading.Event(), threading.Event()

    look_up_really = socket.getaddrinfo

    def look_up(host: str, *how: Any, **more: Any) -> Any:
        if host != "edge.test":
            return look_up_really(host, *how, **more)
        if gone.is_set():
            asked.set()
            answer.wait(10)
            raise socket.gaierror("not found")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]

    monkeypatch.setattr("caching.edge.socket.getaddrinfo", look_up)
    invalidate("post:1")
    assert edge.heard == [("post:1", "secret")]
    gone.set()
    monkeypatch.setattr("caching.edge._hosts._found", {"edge.test": "127.0.0.2"})
    invalidate("post:2")
    assert not answer.is_set()
    assert asked.wait(5), "it is looked for, while the write is already answered"
    answer.set()
    assert PendingInvalidation.objects.count() == 1


def test_by_age_alone_the_edge_is_not_purged(edge: type[Edge], settings: Any) -> None:
    settings.CACHING = {**settings.CACHING, "freshness": "ttl"}
    invalidate("post:1")
    assert edge.heard == []
    assert not PendingInvalidation.objects.exists()
    assert current()


def test_the_end_of_everything_is_owed_too(server: Flaky) -> None:
    truth = ["old"]

    @policy(use=Use.FRAGMENTS)
    def shown() -> str:
        return truth[0]

    shown()
    server.broken = True
    truth[0] = "new"
    invalidate_everything()
    assert shown() == "old"
    server.broken = False
    grow_old()
    assert relay() == 1
    assert shown() == "new"


def test_one_transaction_is_told_once(edge: type[Edge]) -> None:
    with transaction.atomic():
        for number in range(5):
            invalidate(f"post:{number}", "posts")
        assert PendingInvalidation.objects.count() == 5
    assert [set(tags.split()) for tags, _ in edge.heard] == [
        {"posts", *(f"post:{number}" for number in range(5))}
    ]
    assert not PendingInvalidation.objects.exists()


def test_what_a_savepoint_took_back_owes_nothing(edge: type[Edge]) -> None:
    with transaction.atomic():
        invalidate("kept")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            invalidate("taken-back")
            raise ZeroDivisionError
    assert "kept" in edge.heard[0][0].split()
    assert not PendingInvalidation.objects.exists()


def test_an_edge_that_is_down_leaves_the_upstream_cache_alone(edge: type[Edge]) -> None:
    edge.status = 503
    invalidate("post:1")
    assert PendingInvalidation.objects.get().upstream_told
