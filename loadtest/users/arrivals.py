"""The open loop: visits begin when they are due, whoever is still waiting for an answer.

In a closed loop a slow answer keeps its visitor from asking again, so a stall of a second shows as one
slow request for each seat, and all who would have come meanwhile are left out (coordinated omission).
Here each visit has an intended start, fixed by the seed before the first request. When every seat is
taken, visits queue and begin late; the first request's latency counts from the intended start. The
visit's later requests depend on the answer before them, as a page's image does, and count from when they
are sent.

Locust has no such thing: its shapes (LoadTestShape) change the number of users, each of whom waits for
its answer; `constant_throughput` and `constant_pacing` wait less after a slow answer, down to nothing,
and then leave out what was due; `wait_time.poisson` waits after each answer. All are closed loops whose
latencies count from when a request was sent. Locust's users, their greenlets and its request event
are used as they are; only when a user acts is decided here.

The event loop's timers are exact to about a millisecond, so visits begin by that much late even where
nobody queues, and their latencies hold it; how late visits began is therefore told beside them.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from math import inf
from random import Random

import gevent
from gevent.event import AsyncResult

from users.gate import Gate
from users.histogram import bucket


def poisson(rate: float, random: Random) -> Iterator[float]:
    """Seconds from the beginning at which visits are due, without end.

    A Poisson process: people come independently of each other, and the bursts that make queues are
    part of it; evenly spaced visits would hide them, and could fall into step with what recurs,
    such as an expiry. And several workers' processes with a share of the rate each are together
    exactly one of the whole rate.
    """
    due = 0.0
    while True:
        due += random.expovariate(rate)
        yield due


@dataclass(frozen=True, slots=True)
class Arrival:
    """A visit that is due at `due` (monotonic seconds). Its chance is its own and not its seat's: which
    seat is free depends on the answers' speed, and who comes and what they ask for must not."""

    due: float
    random: Random
    phase: str


class Arrivals:
    """One worker's visits: as they fall due they go to a free seat, or queue.

    `rate` is visits per second; `name` fixes when they are due and what they do. The seat that became
    free last is taken first: a low rate then uses few connections, and none idles until the server
    closes it. `begun` and `late` (microseconds, in HDR buckets) are of the phase that was opened last.
    """

    def __init__(self, rate: float, name: str, gate: Gate) -> None:
        self.rate = rate
        self.name = name
        self.gate = gate
        self.begun = 0
        self.late: Counter[int] = Counter()
        self._phase = ""
        self._opened = 0.0
        self._seconds = 0.0
        self._free: list[AsyncResult] = []
        self._queue: deque[Arrival] = deque()
        self._coming: gevent.Greenlet | None = None

    def open(self, phase: str, seconds: float = inf) -> None:
        """From now on visits are due, for so many seconds; nothing is left of an earlier phase."""
        self.close()
        self._phase, self._seconds = phase, seconds
        self._opened = time.monotonic()
        self.begun, self.late = 0, Counter()
        self._coming = gevent.spawn(self._come)

    def close(self) -> int:
        """Nobody comes any more, and who queues goes away; how many were due since `open`."""
        if self._coming is None:
            return 0
        end = min(time.monotonic() - self._opened, self._seconds)
        due = sum(1 for _ in takewhile(lambda at: at < end, self._times()))
        self._coming.kill(block=False)
        self._coming, self._phase = None, ""
        self._queue.clear()
        return due

    def next(self) -> Arrival:
        """For a seat that is free: the visit that has been due the longest, or else the next that is."""
        while True:
            if self._queue:
                arrival = self._queue.popleft()
            else:
                seat = AsyncResult()
                self._free.append(seat)
                arrival = seat.get()
            self.gate.wait()
            if arrival.phase == self._phase:
                return arrival

    def began(self, arrival: Arrival) -> float:
        """The visit's first request is sent now; by how many seconds it is late."""
        late = max(0.0, time.monotonic() - arrival.due)
        self.begun += 1
        self.late[bucket(late * 1e6)] += 1
        return late

    def _times(self) -> Iterator[float]:
        return poisson(self.rate, Random(f"{self.name} {self._phase}"))

    def _come(self) -> None:
        phase = self._phase
        for number, at in enumerate(takewhile(lambda at: at < self._seconds, self._times())):
            due = self._opened + at
            gevent.sleep(max(0.0, due - time.monotonic()))
            arrival = Arrival(due, Random(f"{self.name} {phase} {number}"), phase)
            if self._free:
                self._free.pop().set(arrival)
            else:
                self._queue.append(arrival)
