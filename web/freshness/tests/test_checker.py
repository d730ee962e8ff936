"""Whole runs in processes, on a subject in memory that they share; workers die, and are replaced."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable
from contextlib import suppress
from io import StringIO
from multiprocessing.sharedctypes import RawArray
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from freshness.checker import Interrupted, Outcome, Plan, check
from freshness.ledger import FORK
from freshness.models import Versioned
from freshness.subjects import Subject, Unusable, find
from freshness.worker import Mix

KEYS = 8
pytestmark = [
    pytest.mark.django_db(transaction=True),
    # Newer Pythons say so of any fork in a process with threads; the test runner has some.
    pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning"),
]


class Shared:
    """A table and a cache in memory that all workers see. What is written is in the table at once,
    and in the cache when the transaction has committed."""

    name = "shared"

    def __init__(self) -> None:
        self._lock = FORK.Lock()
        self._table: Any = RawArray(ctypes.c_int64, KEYS)
        self._cache: Any = RawArray(ctypes.c_int64, KEYS)

    def read(self, key: int) -> int:
        return int(self._cache[key % KEYS])

    def write(self, key: int, pause: float) -> int:
        slot = key % KEYS
        with self._lock:
            self._table[slot] += 1
            version = int(self._table[slot])
        self.settle(slot, version)
        return version

    def settle(self, slot: int, version: int) -> None:
        def put() -> None:
            with self._lock:
                self._cache[slot] = max(version, self._cache[slot])

        transaction.on_commit(put)


class Forgetful(Shared):
    """Tells the cache of every other write."""

    def settle(self, slot: int, version: int) -> None:
        if version % 2:
            super().settle(slot, version)


class Healing(Shared):
    """What has been owed for a moment is delivered by whoever reads next."""

    def __init__(self) -> None:
        super().__init__()
        self._written: Any = RawArray(ctypes.c_double, KEYS)

    def write(self, key: int, pause: float) -> int:
        self._written[key % KEYS] = time.monotonic()
        return super().write(key, pause)

    def read(self, key: int) -> int:
        slot = key % KEYS
        with self._lock:
            if time.monotonic() - self._written[slot] > 0.1:
                self._cache[slot] = self._table[slot]
        return super().read(key)


class Alone(Shared):
    """Made once in each process, so it is right in one process only."""


class Deadly(Shared):
    def read(self, key: int) -> int:
        os._exit(3)


def outcome(make: Callable[[], Subject], **changes: Any) -> Outcome:
    subject = make()
    mix = {name: changes.pop(name) for name in ("writes", "kills", "bound") if name in changes}
    plan: dict[str, Any] = {"reads": 400, "seconds": 0.0, "patience": 30.0, **changes}
    return check(
        Plan(
            subject=lambda: subject,
            local=True,
            mix=Mix(**{"writes": 0.2, **mix}),
            keys=KEYS,
            workers=2,
            **plan,
        )
    )


def test_a_cache_that_is_right_holds() -> None:
    found = outcome(Shared)
    assert found.held
    assert found.reads >= 400
    assert found.writes > 0
    assert (found.kills, found.stale, found.errors) == (0, 0, 0)
    assert not Versioned.objects.exists(), "a run leaves no rows"


def test_a_cache_that_is_not_told_of_every_write_is_caught() -> None:
    found = outcome(Forgetful)
    assert not found.held
    assert found.stale > 0
    assert found.longest > 0


def test_what_a_worker_that_was_killed_has_committed_counts_after_the_bound() -> None:
    """Nobody delivers here what the dead left: a key shows what was until it is written again."""
    found = outcome(Shared, writes=0.01, kills=0.5, bound=0.0, seconds=1.0)
    assert found.kills > 0
    assert found.stale > 0
    assert found.errors == 0


def test_what_is_true_again_within_the_bound_holds() -> None:
    found = outcome(Healing, kills=0.05, bound=1.0, seconds=1.0)
    assert found.kills > 0
    assert found.held


def test_a_worker_that_ends_on_its_own_ends_the_check() -> None:
    with pytest.raises(Interrupted, match="exit code 3"):
        outcome(Deadly)


def test_a_check_that_takes_too_long_says_how_far_it_came() -> None:
    with pytest.raises(Interrupted, match=r"of 1,000,000,000 reads came in 1 s.*--patience"):
        outcome(Shared, reads=10**9, patience=1.0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--subject", "nobody"], "subject nobody: accepted values are policies, naive"),
        (["--subject", "nowhere:Nobody"], "subject nowhere:Nobody: No module named"),
        (["--subject", "freshness.subjects:Nobody"], "has no attribute 'Nobody'"),
        (["--reads", "0"], "0: accepted are whole numbers from 1 to"),
        (["--writes", "101"], "101: accepted are numbers from 0 to 100"),
        (["--keys", "many"], "many: accepted are whole numbers from 1 to"),
        (["--subject", "origin", "--kills", "5"], "--kills: origin writes in another process"),
        ([], "LAB_UPSTREAM=local: the checker accepts redis or memcached"),
    ],
)
def test_a_wrong_argument_is_told_in_one_line(arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("check_freshness", *arguments)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_command_prints_one_line_and_then_json() -> None:
    out = StringIO()
    with suppress(SystemExit):
        call_command(
            "check_freshness",
            *("--subject", f"{__name__}:Alone", "--reads", "50", "--workers", "1", "--json"),
            stdout=out,
        )
    first, figure, data = out.getvalue().splitlines()
    assert first.startswith("checking ")
    assert "reads checked" in figure
    assert data.startswith('{"reads": ')


def test_subjects_are_found_by_name_and_by_path() -> None:
    assert find("naive").name == "naive"
    assert find("freshness.subjects:Uncached").name == "uncached"
    with pytest.raises(Unusable):
        find("Naive")
