"""What counts as a stale read, told by subjects whose truth is known."""

from __future__ import annotations

import time

import pytest

from freshness.ledger import REMEMBERED, Ledger, Phase
from freshness.worker import Mix, Worker

FIRST_KEY = 1_000
pytestmark = pytest.mark.django_db


class Right:
    """Shows what was written last."""

    name = "right"

    def __init__(self) -> None:
        self.versions: dict[int, int] = {}

    def read(self, key: int) -> int:
        return self.versions.get(key, 0)

    def write(self, key: int, pause: float) -> int:
        self.versions[key] = self.versions.get(key, 0) + 1
        return self.versions[key]


class Wrong(Right):
    """Shows the first version it was ever asked for."""

    name = "wrong"

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[int, int] = {}

    def read(self, key: int) -> int:
        return self.kept.setdefault(key, super().read(key))


class Broken(Right):
    name = "broken"

    def read(self, key: int) -> int:
        raise OSError("no answer")


class InThePast(Right):
    """Others acknowledge a newer version while it reads, which is no fault of the reader's."""

    name = "in the past"

    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self._ledger = ledger

    def read(self, key: int) -> int:
        seen = super().read(key)
        self._ledger.acknowledge(key - FIRST_KEY, self.write(key, 0))
        return seen


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(slots=2, workers=1)


def worker(subject: Right, ledger: Ledger, **mix: float) -> Worker:
    return Worker(subject, ledger, 0, FIRST_KEY, Mix(**{"writes": 0.5, **mix}))


def test_a_subject_that_is_right_shows_no_stale_read(ledger: Ledger) -> None:
    right = worker(Right(), ledger)
    for _ in range(500):
        right.step()
    totals = ledger.totals()
    assert totals.reads + totals.writes == 500
    assert min(totals.reads, totals.writes) > 100
    assert (totals.stale, totals.errors, totals.longest) == (0, 0, 0.0)


def test_a_subject_that_keeps_what_it_saw_first_is_caught(ledger: Ledger) -> None:
    wrong = worker(Wrong(), ledger, writes=1.0)
    wrong.read(0)
    assert ledger.totals().stale == 0, "nothing newer was acknowledged yet"
    for _ in range(20):
        wrong.step()
    written = ledger.acknowledged(0) > 0
    assert written
    wrong.read(0)
    assert ledger.totals().stale == 1


def test_what_is_acknowledged_while_a_read_goes_on_does_not_count(ledger: Ledger) -> None:
    reader = worker(InThePast(ledger), ledger)
    for _ in range(10):
        reader.read(1)
    assert ledger.totals().stale == 0
    assert ledger.acknowledged(1) == 10


def test_staleness_is_counted_from_the_first_acknowledgement_of_something_newer(
    ledger: Ledger,
) -> None:
    wrong = worker(Wrong(), ledger, bound=0.02)
    wrong.read(0)
    ledger.acknowledge(0, 1)
    wrong.read(0)
    time.sleep(0.05)
    ledger.acknowledge(0, 2)
    wrong.read(0)
    totals = ledger.totals()
    assert (totals.stale, totals.late) == (2, 1)
    assert totals.longest >= 0.05


def test_an_acknowledgement_that_comes_late_does_not_lower_what_is_known(ledger: Ledger) -> None:
    ledger.acknowledge(0, 3)
    when = ledger.superseded_at(0, 0)
    ledger.acknowledge(0, 2)
    assert ledger.acknowledged(0) == 3
    assert ledger.superseded_at(0, 0) == when


def test_staleness_from_before_what_is_remembered_is_understated(ledger: Ledger) -> None:
    ledger.acknowledge(0, 1)
    first = ledger.superseded_at(0, 0)
    for version in range(2, REMEMBERED + 10):
        ledger.acknowledge(0, version)
    assert ledger.superseded_at(0, 0) >= first


def test_an_error_is_counted_and_its_text_is_kept(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("freshness.worker.REST", 0)
    broken = worker(Broken(), ledger)
    for _ in range(3):
        broken.read(0)
    totals = ledger.totals()
    assert (totals.reads, totals.errors) == (0, 3)
    assert ledger.first_error == "read: OSError: no answer"


def test_in_the_last_phase_every_key_is_read_once_more(ledger: Ledger) -> None:
    ledger.phase = Phase.LAST
    worker(Right(), ledger).run()
    assert ledger.totals().reads == 2
    assert ledger.totals().hits == 2, "nothing was asked of the database"
