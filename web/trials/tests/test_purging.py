"""What is timed at the edge, on edges in memory."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from freshness.models import Versioned
from freshness.policies import shown_version
from trials.purging import Edge, NotShown, purging

pytestmark = pytest.mark.django_db(transaction=True)


class InMemory(Edge):
    """Keeps nothing that a write made untrue; `purged` is what it says of each purge."""

    def __init__(self, purged: int = 1, behind: int = 0) -> None:
        super().__init__("nobody.invalid")
        self.filled: list[int] = []
        self.purged, self.behind = purged, behind

    def read(self, key: int) -> int:
        return shown_version(key) - self.behind

    def purge(self, key: int) -> int:
        return self.purged

    def fill(self, keys: Iterable[int]) -> None:
        self.filled = list(keys)


def test_each_write_and_purge_is_timed_and_nothing_is_left() -> None:
    many, few = InMemory(), InMemory()
    timed = purging(many, few, objects=30, little=10, times=20)
    assert (len(many.filled), len(few.filled)) == (30, 10)
    assert (len(timed.purged), len(timed.seen)) == (20, 20)
    assert (len(timed.many), len(timed.few)) == (10, 10)
    assert all(0 < purged <= seen for purged, seen in zip(timed.purged, timed.seen, strict=True))
    assert not Versioned.objects.exists()


def test_an_edge_that_shows_the_old_version_is_told() -> None:
    with pytest.raises(NotShown, match="version 1 was acknowledged, and 0 shown after that"):
        purging(InMemory(behind=1), InMemory(), objects=3, little=1, times=1)
    assert not Versioned.objects.exists()


def test_a_purge_of_what_was_not_kept_proves_nothing() -> None:
    with pytest.raises(NotShown, match="a purge of one page removed 0: was it kept"):
        purging(InMemory(), InMemory(purged=0), objects=3, little=1, times=1)
