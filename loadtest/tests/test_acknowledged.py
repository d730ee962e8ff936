"""Which answers are stale, and which could not be."""

from __future__ import annotations

import pytest

from users.acknowledged import Acknowledged

POST = "/posts/a/"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr("users.acknowledged.time.monotonic", lambda: now[0])
    return now


def test_before_anything_is_written_no_answer_is_checked(clock: list[float]) -> None:
    record = Acknowledged()
    record.check(record.floor(POST), b"a page")
    assert record.summary() == {"checked": 0, "stale": 0, "stalest": 0.0}


def test_an_answer_without_what_was_acknowledged_before_it_was_asked_is_stale(
    clock: list[float],
) -> None:
    record = Acknowledged()
    record.wrote(POST, b"new words")
    clock[0] += 2
    record.check(record.floor(POST), b"a page with new words")
    record.check(record.floor(POST), b"a page")
    clock[0] += 3
    record.check(record.floor(POST), b"a page")
    assert record.summary() == {"checked": 3, "stale": 2, "stalest": 5.0}


def test_what_is_acknowledged_only_while_the_answer_is_under_way_may_be_missing(
    clock: list[float],
) -> None:
    record = Acknowledged()
    record.wrote(POST, b"old words")
    floor = record.floor(POST)
    record.wrote(POST, b"new words")
    record.check(floor, b"a page with old words")
    assert (record.checked, record.stale) == (1, 0)


def test_each_page_has_its_own(clock: list[float]) -> None:
    record = Acknowledged()
    record.wrote(POST, b"new words")
    assert record.floor("/posts/b/") is None


def test_what_the_warm_up_wrote_must_be_there_when_it_counts(clock: list[float]) -> None:
    record = Acknowledged()
    record.wrote(POST, b"new words")
    record.check(record.floor(POST), b"a page")
    record.reset()
    record.check(record.floor(POST), b"a page")
    assert (record.checked, record.stale) == (1, 1)
