"""Which answers are stale and since when, and which could not be."""

from __future__ import annotations

import pytest

from users.acknowledged import Acknowledged

POST = "/posts/a/"


class Record(Acknowledged):
    """With answers that come at once."""

    def shown(self, body: bytes, path: str = POST) -> bool:
        return self.check(self.floor(path), body)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr("users.acknowledged.time.monotonic", lambda: now[0])
    return now


def test_before_anything_is_written_no_answer_is_checked(clock: list[float]) -> None:
    record = Record()
    assert not record.shown(b"a page")
    assert not any(record.summary().values())


def test_an_answer_without_what_was_acknowledged_before_it_was_asked_is_stale(
    clock: list[float],
) -> None:
    record = Record()
    record.wrote(POST, b"new words")
    clock[0] += 2
    assert not record.shown(b"a page with new words")
    assert record.shown(b"a page")
    clock[0] += 3
    assert record.shown(b"a page")
    assert record.summary() == {
        "writes": 1,
        "checked": 3,
        "stale": 2,
        "stalest": 5.0,
        "still_stale": 1,
    }


def test_what_is_acknowledged_only_while_the_answer_is_under_way_may_be_missing(
    clock: list[float],
) -> None:
    record = Record()
    record.wrote(POST, b"old words")
    floor = record.floor(POST)
    record.wrote(POST, b"new words")
    assert not record.check(floor, b"a page with old words")
    assert (record.checked, record.stale) == (1, 0)


def test_a_page_is_as_stale_as_the_oldest_words_that_it_lacks(clock: list[float]) -> None:
    record = Record()
    for words in (b"first", b"second", b"third"):
        record.wrote(POST, words)
        clock[0] += 10
    record.shown(b"a page with first")
    assert record.stalest == 20
    # A second later they are there, so it was no longer than that.
    clock[0] += 1
    record.shown(b"a page with first, second, third")
    clock[0] += 100
    record.shown(b"a page with first, second, third")
    assert (record.stalest, record.summary()["still_stale"]) == (20, 0)


def test_an_answer_that_was_asked_for_because_the_page_was_stale_tells_only_how_long(
    clock: list[float],
) -> None:
    record = Record()
    record.wrote(POST, b"new words")
    record.shown(b"a page")
    clock[0] += 7
    assert record.check(record.floor(POST), b"a page", again=True)
    assert (record.checked, record.stale, record.stalest) == (1, 1, 7)
    assert not record.check(record.floor(POST), b"a page with new words", again=True)
    assert (record.checked, record.stale) == (1, 1)
    assert record.summary()["still_stale"] == 0


def test_each_page_has_its_own(clock: list[float]) -> None:
    record = Record()
    record.wrote(POST, b"new words")
    assert record.floor("/posts/b/") is None
    record.wrote("/posts/b/", b"other words")
    assert record.shown(b"a page with other words")
    assert not record.shown(b"a page with other words", "/posts/b/")
    assert record.summary()["still_stale"] == 1
