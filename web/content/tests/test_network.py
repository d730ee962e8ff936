"""Feeds come from a network that is slow, large, broken or not there."""

import gzip
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from content import partner
from content.fetch import FetchError, fetch
from magazine.models import Post

ATOM = (Path(__file__).parent / "exports/atom.xml").read_bytes()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        getattr(self, self.path.strip("/"))()

    def feed(self) -> None:
        self._send(ATOM)

    def page(self) -> None:
        self._send(b"<!doctype html><title>Sorry</title>")

    def large(self) -> None:
        self._send(b" " * 200_000)

    def bomb(self) -> None:
        self._send(gzip.compress(b" " * 5_000_000), {"Content-Encoding": "gzip"})

    def broken(self) -> None:
        self.send_error(500)

    def moved(self) -> None:
        self._send(b"", {"Location": "/feed"}, 302)

    def forever(self) -> None:
        self._send(b"", {"Location": "/forever"}, 302)

    def late(self) -> None:
        time.sleep(1)
        self._send(ATOM)

    def trickle(self) -> None:
        """A header now and then: no single read of the socket is ever late."""
        self.wfile.write(b"HTTP/1.0 200 OK\r\n")
        for number in range(10):
            self.wfile.write(b"X-%d: x\r\n" % number)
            time.sleep(0.1)
        self.wfile.write(b"\r\n")

    def _send(self, body: bytes, headers: dict[str, str] | None = None, status: int = 200) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle(self) -> None:
        with suppress(OSError):  # the client went away, as it is meant to
            super().handle()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < seconds


def test_what_is_there_is_fetched_also_where_it_has_moved(server):
    assert fetch(f"{server}/feed", seconds=5, most_bytes=10_000) == ATOM
    assert fetch(f"{server}/moved", seconds=5, most_bytes=10_000) == ATOM


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/late", "did not arrive within 0.3 s"),
        ("/trickle", "did not arrive within 0.3 s"),
        ("/large", "is larger than the limit"),
        ("/bomb", "is larger than the limit"),
        ("/broken", "answers 500"),
        ("/forever", "cannot be fetched"),
    ],
)
def test_what_is_slow_large_or_broken_is_given_up_in_time(server, path, reason):
    with at_most(0.6), pytest.raises(FetchError, match=reason) as failure:
        fetch(server + path, seconds=0.3, most_bytes=100_000)
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/feed", "file:///etc/passwd", "http://[/", "http:///x"]
)
def test_what_is_refused_or_no_address_is_one_line(url):
    with pytest.raises(FetchError) as failure:
        fetch(url, seconds=1, most_bytes=1_000)
    assert "\n" not in str(failure.value)


@pytest.mark.django_db
def test_a_feed_is_imported_from_its_address(server):
    call_command("import_feed", f"{server}/feed")
    assert Post.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/page", "/broken"])
def test_an_address_that_is_no_feed_imports_nothing(server, path):
    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command("import_feed", server + path)
    assert not Post.objects.exists()


def test_the_partners_headlines_are_plain_values(server, settings):
    settings.LAB = replace(settings.LAB, partner_url=f"{server}/feed")
    assert partner.headlines()[0] == {
        "title": "A first note",
        "url": "https://example.org/notes/1",
        "summary": "What a first note says.",
        "published": "2026-02-01T08:30:00+00:00",
    }


@pytest.mark.parametrize("path", ["/page", "/broken", "/large"])
def test_a_partner_that_is_down_is_an_error_so_that_the_old_copy_stays(server, settings, path):
    settings.LAB = replace(settings.LAB, partner_url=server + path)
    with pytest.raises(partner.PartnerDown):
        partner.headlines()


def test_without_a_partner_there_are_no_headlines(settings):
    settings.LAB = replace(settings.LAB, partner_url=None)
    assert partner.headlines() == []
