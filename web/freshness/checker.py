"""Runs a plan: starts the workers, replaces those that were killed, ends, and sums up."""

from __future__ import annotations

import secrets
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.context import ForkProcess

from django.db import connections

from .ledger import FORK, Ledger, Phase
from .models import Versioned
from .subjects import Subject
from .worker import Mix, Worker

# Seconds between two looks at the workers.
LOOK = 0.02
# Seconds for the workers' last reads.
LAST_READS = 60
# Keys have nine digits at most (urls.py).
MOST_KEYS = 100_000
LARGEST_KEY = 999_999_999


class Interrupted(Exception):
    """The check could not be carried out as planned; the text says why."""


@dataclass(frozen=True, slots=True)
class Plan:
    """subject: makes one, in each process. local: whether it reads in the worker's own process, so
    that its queries can be counted. reads: at least so many are checked, for at least `seconds`;
    Interrupted is raised if that takes longer than `patience` seconds."""

    subject: Callable[[], Subject]
    local: bool
    mix: Mix
    reads: int
    keys: int
    workers: int
    seconds: float
    patience: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run has shown. Counts; `longest` and `seconds` in seconds, as in ledger.Tally.
    hits: None where it is not known."""

    reads: int
    hits: int | None
    writes: int
    kills: int
    stale: int
    late: int
    longest: float
    errors: int
    first_error: str
    seconds: float

    @property
    def held(self) -> bool:
        """Whether no reader was shown less than was acknowledged, and nothing failed."""
        return not self.stale and not self.errors


@dataclass(frozen=True, slots=True)
class Debt:
    """A write whose worker died: readers must be shown it from `due` on (time.monotonic())."""

    due: float
    slot: int
    version: int


def check(plan: Plan) -> Outcome:
    """Carries out the plan on keys of its own. Raises Interrupted."""
    first_key = secrets.randbelow(LARGEST_KEY - MOST_KEYS)
    keys = range(first_key, first_key + plan.keys)
    Versioned.objects.bulk_create(Versioned(key=key) for key in keys)
    disconnect()
    crew = Crew(plan, first_key)
    began = time.monotonic()
    try:
        crew.work()
    finally:
        crew.end()
        Versioned.objects.filter(pk__in=keys).delete()
    return crew.outcome(time.monotonic() - began)


def disconnect() -> None:
    """Closes this process' connections and their pools: a forked process must not inherit one."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):  # PostgreSQL's has one
            connection.close_pool()


class Crew:
    """The worker processes of one plan."""

    def __init__(self, plan: Plan, first_key: int) -> None:
        self._plan = plan
        self._first_key = first_key
        self._ledger = Ledger(plan.keys, plan.workers)
        self._debts: list[Debt] = []
        self._kills = 0
        self._processes = [self._start(number) for number in range(plan.workers)]

    def work(self) -> None:
        """Returns when all workers have read their last. Raises Interrupted."""
        began = time.monotonic()
        while self._ledger.phase != Phase.LAST:
            self._look()
            spent = time.monotonic() - began
            reads = self._ledger.totals().reads
            if spent > self._plan.patience:
                raise Interrupted(
                    f"{reads:,} of {self._plan.reads:,} reads came in {self._plan.patience:g} s: "
                    "ask for fewer, or give more --patience"
                )
            if self._ledger.all_in(Phase.CALM) and not self._debts:
                self._ledger.phase = Phase.LAST
            elif reads >= self._plan.reads and spent >= self._plan.seconds:
                self._ledger.phase = Phase.CALM
        for process in self._processes:
            process.join(LAST_READS)
            if process.exitcode != 0:
                raise Interrupted(f"a worker did not end well: exit code {process.exitcode}")

    def end(self) -> None:
        """Ends what still runs."""
        for process in self._processes:
            if process.is_alive():
                process.kill()
            process.join()

    def outcome(self, seconds: float) -> Outcome:
        totals = self._ledger.totals()
        return Outcome(
            reads=totals.reads,
            hits=totals.hits if self._plan.local else None,
            writes=totals.writes,
            kills=self._kills,
            stale=totals.stale,
            late=totals.late,
            longest=round(totals.longest, 6),
            errors=totals.errors,
            first_error=self._ledger.first_error,
            seconds=round(seconds, 3),
        )

    def _look(self) -> None:
        time.sleep(LOOK)
        for number, process in enumerate(self._processes):
            if process.exitcode is not None:
                self._bury(number, process.exitcode)
                self._processes[number] = self._start(number)
        for debt in [debt for debt in self._debts if debt.due <= time.monotonic()]:
            self._ledger.acknowledge(debt.slot, debt.version)
            self._debts.remove(debt)

    def _bury(self, number: int, code: int) -> None:
        tally = self._ledger.tallies[number]
        if code != -signal.SIGKILL or not tally.died:
            raise Interrupted(f"a worker ended on its own: exit code {code}")
        self._kills += 1
        tally.died = False
        due = time.monotonic() + self._plan.mix.bound
        self._debts.append(Debt(due, tally.died_slot, tally.died_version))

    def _start(self, number: int) -> ForkProcess:
        process = FORK.Process(target=self._run, args=(number,), daemon=True)
        process.start()
        return process

    def _run(self, number: int) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends the workers
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        subject = self._plan.subject()
        Worker(subject, self._ledger, number, self._first_key, self._plan.mix).run()
