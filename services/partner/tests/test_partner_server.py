"""The server over a real socket, with the clock, the waiting and the luck in the test's hands."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from random import Random
from threading import Thread
from xml.etree import ElementTree as ET

import pytest

from partner.config import BadSettingError, Config, read
from partner.entries import KEPT
from partner.server import Partner, Server
from partner.temper import Temper

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def config(fail_percent: float = 0, delay_ms: float = 0) -> Config:
    return Config(delay_ms=delay_ms, fail_percent=fail_percent, sayings=Path("unused"), port=0)


class Running:
    def __init__(self, settings: Config) -> None:
        self.waits: list[float] = []
        self.now = 1_800_000_000.0
        partner = Partner(
            ["A <b>bold</b> & true saying."],
            Temper(settings, Random(1)),
            clock=lambda: self.now,
            sleep=self.waits.append,
        )
        self.server = Server(("127.0.0.1", 0), partner)
        Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[HTTPResponse, bytes]:
        connection = HTTPConnection("127.0.0.1", self.server.server_address[1], timeout=5)
        try:
            connection.request("GET", path, headers=headers or {})
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def running() -> Iterator[Running]:
    server = Running(config())
    yield server
    server.close()


@pytest.fixture
def broken() -> Iterator[Running]:
    server = Running(config(fail_percent=100))
    yield server
    server.close()


def test_the_feed_is_atom_with_what_rfc_4287_requires(running: Running) -> None:
    response, body = running.get("/feed.atom")
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ET.fromstring(body)
    for parent in (root, *root.findall("a:entry", ATOM)):
        for required in ("id", "title", "updated"):
            assert parent.findtext(f"a:{required}", namespaces=ATOM)
    assert root.findtext("a:author/a:name", namespaces=ATOM)
    assert root.findtext("a:entry/a:content", namespaces=ATOM) == "A <b>bold</b> & true saying."
    ids = {entry.findtext("a:id", namespaces=ATOM) for entry in root.findall("a:entry", ATOM)}
    assert len(ids) == KEPT


def test_a_reader_that_has_the_newest_gets_304_until_the_next_entry(running: Running) -> None:
    etag = running.get("/feed.atom")[0].headers["ETag"]
    same, body = running.get("/feed.atom", {"If-None-Match": etag})
    assert (same.status, body) == (304, b"")
    running.now += 30
    assert running.get("/feed.atom", {"If-None-Match": etag})[0].status == 200


def test_a_broken_partner_answers_503_and_counts_it(broken: Running) -> None:
    response, _ = broken.get("/feed.atom")
    assert (response.status, response.headers["Retry-After"]) == (503, "1")
    stats = json.loads(broken.get("/stats")[1])
    assert stats == {"requests": 1, "served": 0, "not_modified": 0, "failed": 1}


def test_up_and_stats_neither_wait_nor_count_nor_fail(broken: Running) -> None:
    assert broken.get("/up")[0].status == 200
    assert json.loads(broken.get("/stats")[1])["requests"] == 0
    assert broken.waits == []


def test_anything_else_is_404(running: Running) -> None:
    assert running.get("/")[0].status == 404


def test_the_delay_is_around_the_one_asked_for_and_failures_near_their_share() -> None:
    temper = Temper(config(fail_percent=2, delay_ms=150), Random(7))
    delays = sorted(temper.delay() for _ in range(2000))
    assert delays[1000] == pytest.approx(0.150, rel=0.05)
    assert delays[-1] <= 0.750
    assert 20 <= sum(temper.fails() for _ in range(2000)) <= 60


@pytest.mark.parametrize("value", ["fast", "-1", "nan", "100.1"])
def test_a_wrong_value_is_refused_with_the_accepted_ones(value: str) -> None:
    with pytest.raises(
        BadSettingError, match=r"PARTNER_FAIL_PERCENT=.*: accepted values are 0-100"
    ):
        read({"PARTNER_FAIL_PERCENT": value})


def test_the_defaults_are_a_slow_partner_that_fails_now_and_then() -> None:
    settings = read({})
    assert (settings.delay_ms, settings.fail_percent, settings.port) == (150, 2, 8000)
