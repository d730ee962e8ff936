"""What one process does: it reads and writes through the subject, and counts what it is shown."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from .ledger import Ledger, Phase
from .subjects import Subject

# Seconds after an error, so that a subject that always fails does not spin.
REST = 0.05


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares from 0 to 1, durations in seconds.

    writes: of all that a worker does. pause: each transaction lasts longer by a random part of it.
    kills: share of the writes after whose commit, before its invalidation, the worker kills itself.
    bound: a stale read is late when it began so long after the acknowledgement.
    """

    writes: float
    pause: float = 0.0
    kills: float = 0.0
    bound: float = 2.0


class Queries:
    """Counts what is asked of the database in this process."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.count += 1
        return execute(*arguments)


class Worker:
    """number: its place in the ledger's tallies. first_key: the key of slot 0."""

    def __init__(
        self, subject: Subject, ledger: Ledger, number: int, first_key: int, mix: Mix
    ) -> None:
        self._subject = subject
        self._ledger = ledger
        self._tally = ledger.tallies[number]
        self._first_key = first_key
        self._mix = mix
        self._chance = random.Random()  # noqa: S311 (a load, no secret)
        self._queries = Queries()

    def run(self) -> None:
        """Reads and writes until the last phase, then reads every key once more."""
        with connection.execute_wrapper(self._queries):
            while (phase := self._ledger.phase) < Phase.LAST:
                self._tally.phase = phase
                self.step(may_die=phase == Phase.FULL)
            for slot in range(self._ledger.slots):
                self.read(slot)

    def step(self, may_die: bool = False) -> None:
        """One read or one write, of any key."""
        slot = self._chance.randrange(self._ledger.slots)
        if self._chance.random() >= self._mix.writes:
            self.read(slot)
        elif may_die and self._chance.random() < self._mix.kills:
            self._attempt(self._write_and_die, slot)
        else:
            self._attempt(self._write, slot)

    def read(self, slot: int) -> None:
        """Reads once, and counts it as stale if it shows less than was acknowledged before."""
        self._attempt(self._read, slot)

    def _attempt(self, action: Callable[[int], None], slot: int) -> None:
        try:
            action(slot)
        except Exception as error:  # whatever a subject raises is a result of the check
            self._tally.errors += 1
            self._ledger.note_error(f"{action.__name__[1:]}: {type(error).__name__}: {error}")
            time.sleep(REST)

    def _read(self, slot: int) -> None:
        queries = self._queries.count
        acknowledged = self._ledger.acknowledged(slot)
        began = time.monotonic()
        version = self._subject.read(self._first_key + slot)
        self._tally.reads += 1
        self._tally.hits += self._queries.count == queries
        if version < acknowledged:
            self._count_stale(began - self._ledger.superseded_at(slot, version))

    def _count_stale(self, seconds: float) -> None:
        self._tally.stale += 1
        self._tally.late += seconds > self._mix.bound
        self._tally.longest = max(self._tally.longest, seconds)

    def _write(self, slot: int) -> None:
        version = self._subject.write(self._first_key + slot, self._pause())
        self._ledger.acknowledge(slot, version)
        self._tally.writes += 1

    def _write_and_die(self, slot: int) -> None:
        """What follows a commit is called in the order in which it was registered: this first, so
        whatever the subject left to do after the commit is never done."""
        with transaction.atomic():
            transaction.on_commit(self._die)
            version = self._subject.write(self._first_key + slot, self._pause())
            self._tally.died_slot, self._tally.died_version = slot, version

    def _die(self) -> None:
        self._tally.died = True
        os.kill(os.getpid(), signal.SIGKILL)

    def _pause(self) -> float:
        return self._chance.uniform(0, self._mix.pause)
