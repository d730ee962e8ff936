"""One process of the load: its visitors, what they stand on, and their record.

Learn the site, warm, measure: each step ends with nothing in flight. Whoever is in charge says when
the next begins, at once to all processes of a run (`users.team`).
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from gevent.event import Event
from gevent.pool import Pool
from locust.env import Environment
from locust.runners import Runner

from users.arrivals import Arrivals
from users.crowd import NAME, crowd
from users.kinds import weighed
from users.reader import Reader
from users.recorder import Json, Recorder
from users.site import NothingToVisit
from users.truth.sampler import Sampler
from users.visitor import Ground, Visitor, prepare

DRAIN_PATIENCE = Visitor.network_timeout + Visitor.connection_timeout + 1
"""Seconds after which a request that is under way has failed at the latest."""

PRIME_SHARE = 0.75
"""At most this share of the warm-up goes into asking for every page once."""

MEND_SECONDS = 2.0
"""At most as long it takes after that to ask for what the sampler's writes have ended."""

PRIMERS = 16
"""At most so many ask for every page once at the same time."""


class Unready(Exception):
    """The load can't be made; the text says why."""


@dataclass(frozen=True)
class Orders:
    """What one process is to do; plain data. `seats`, `rate` and `pages` are this process's part of the
    whole; `warm` and `measure` are seconds; a `rate` of visits per second makes it an open loop."""

    host: str
    mix: dict[str, float]
    seats: int
    rate: float | None
    warm: float
    measure: float
    seed: int
    alpha: float
    pages: int
    truth: float = 0.0
    """Writes a second that sample freshness in the warm-up; the first process makes them all."""
    worker: int = 0
    workers: int = 1

    @property
    def warming(self) -> float:
        """Seconds that the warm-up takes at most, without the wait for what is under way at its end."""
        return self.warm + MEND_SECONDS

    @property
    def longest(self) -> int:
        """Seconds after which a process that still has not ended hangs."""
        return int(60 + self.warming + self.measure + 4 * DRAIN_PATIENCE)


class Generator:
    """The visitors of one process, on whatever runner Locust has for it."""

    orders: Orders
    ground: Ground
    sampler: Sampler

    def __init__(self, environment: Environment, runner: Runner) -> None:
        self.environment = environment
        self.runner = runner
        self.recorder = Recorder()
        self.stopped = Event()
        self.unprimed = 0
        environment.events.request.add_listener(self.recorder.on_request)
        environment.events.user_error.add_listener(self.recorder.on_error)

    def learn(self, orders: Orders) -> None:
        """What is there to ask for, and who will? Raises Unready."""
        self.orders = orders
        part = (orders.worker, orders.workers)
        try:
            self.ground = prepare(orders.host, orders.alpha, orders.seed, orders.pages, *part)
        except (OSError, NothingToVisit) as error:
            raise Unready(f"{orders.host} can't be learned: {error}") from error
        if orders.rate is not None:
            name = f"{orders.seed} arrivals {orders.worker}"
            self.ground.arrivals = Arrivals(orders.rate, name, self.ground.gate)
        self.environment.user_classes = [crowd(orders.mix)]
        self.sampler = Sampler(self.environment, 0.0 if orders.worker else orders.truth)
        if orders.worker:
            self.sampler.problem = ""  # the first process samples for all

    def warm(self) -> bool:
        """Everybody arrives, every page is asked for once, then the load itself; whether nothing was in
        flight in the end. Raises Unready."""
        until = time.monotonic() + self.orders.warm
        try:
            for kind in weighed(self.orders.mix):
                kind.arrive(self.environment)
        except NothingToVisit as error:
            raise Unready(str(error)) from error
        self.sampler.start()
        self._prime()
        self.runner.spawn_users({NAME: self.orders.seats})
        if self.ground.arrivals:
            self.ground.arrivals.open("warming")
        self.stopped.wait(max(0.0, until - time.monotonic()))
        self.sampler.settle(DRAIN_PATIENCE)
        self._mend()
        return self._shut()[0]

    def measure(self) -> Json:
        """Count from now on, for so long; then what was counted, as plain data."""
        arrivals, due, drained = self.ground.arrivals, 0, True
        self.recorder.reset()
        busy, started = time.process_time(), time.monotonic()
        if not self.stopped.is_set():
            if arrivals:
                arrivals.open("measuring", self.orders.measure)
            self.ground.gate.open()
            self.stopped.wait(self.orders.measure)
            drained, due = self._shut()
        self.sampler.end()
        elapsed, busy = time.monotonic() - started, time.process_time() - busy
        return {
            "record": self.recorder.dump(),
            "truth": self.sampler.summary(),
            "unprimed": self.unprimed,
            "due": due,
            "begun": arrivals.begun if arrivals else 0,
            "late": dict(arrivals.late) if arrivals else {},
            "elapsed": elapsed,
            "cpu_seconds": busy,
            "cores": _cores(),
            "drained": drained,
            "interrupted": self.stopped.is_set(),
        }

    def stop(self) -> None:
        """End the step that is under way, and those to come, with what was done until now."""
        self.stopped.set()

    def _shut(self) -> tuple[bool, int]:
        """Let nobody begin, and wait for those under way: whether they all ended, and in an open loop
        how many visits were due."""
        due = self.ground.arrivals.close() if self.ground.arrivals else 0
        return self.ground.gate.shut(DRAIN_PATIENCE), due

    def _prime(self) -> None:
        """Ask for every page once, the most popular first, so that what is measured is a warm site."""
        pages = self.ground.site.pages()[self.orders.worker :: self.orders.workers]
        self.unprimed = self._ask_once(pages, self.orders.warm * PRIME_SHARE)

    def _mend(self) -> None:
        """Ask once for the pages that the sampler's writes may have ended: those that the load asks for
        seldom would be misses of the measurement, in one run more and in another fewer."""
        if posts := self.sampler.posts:
            self.unprimed += self._ask_once([*posts, *self.ground.site.lists()], MEND_SECONDS)

    def _ask_once(self, paths: Sequence[str], seconds: float) -> int:
        """In order, several at the same time, and for so long at most. How many were left."""
        left, until = deque(paths), time.monotonic() + seconds

        def walk() -> None:
            visitor = Reader(self.environment)
            while left and not self.stopped.is_set() and time.monotonic() < until:
                visitor.get("page/primed", left.popleft())

        seats = min(self.orders.seats, PRIMERS)
        pool = Pool(seats)
        for _ in range(seats):
            pool.spawn(walk)
        pool.join()
        return len(left)


def _cores() -> int:
    """Cores that this process may use: all of them where the system knows no other answer."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
