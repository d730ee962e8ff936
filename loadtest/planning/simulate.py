"""A check of the plan: requests of the peak, one by one, through the machines that it recommends.

SimPy's clock; arrivals are a Poisson process, service times are exponential with the measured mean, and
chance decides at the edge whether a request goes on. A role's cores share one queue. Machines that are spare
are out of service, so that what is seen is the plan with its spare machines lost.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from math import ceil, inf, prod, sqrt
from random import Random
from typing import Any

import msgspec
import numpy as np
import simpy

from planning.prices import ROLES
from planning.sizing import Bill

REQUESTS, MOST_REQUESTS = 20_000, 100_000
"""Requests that are simulated, at least and at most; a tenth of them before anything is counted."""

RARE = 2_000
"""So many are wanted at the role that the fewest come to, behind an edge that answers nearly all."""

WARM = 0.1

EDGE = "edge"


class Stop(msgspec.Struct, frozen=True):
    """One role on a request's way. chance: of getting there, having got to the one before.
    service: mean seconds of a core. servers: cores."""

    name: str
    chance: float
    service: float
    servers: int


class Simulated(msgspec.Struct, frozen=True, kw_only=True):
    """utilisation: by role, of the cores that are needed. Waits are seconds in queues, of a whole way; means
    by role are of those who came there. p99_site_wait: of the requests that went beyond the edge, 0 where
    none did. came: requests that came to each role while it was counted."""

    utilisation: dict[str, float]
    mean_wait: dict[str, float]
    p99_wait: float
    p99_site_wait: float
    came: dict[str, int]
    requests: int

    @property
    def busiest(self) -> str:
        return max(self.utilisation, key=lambda name: self.utilisation[name])

    def error(self, role: str) -> float:
        """The standard error of a utilisation, as a part of it: so many exponential service times in so many
        exponential gaps. Inf where nobody came."""
        return sqrt(2 / self.came[role]) if self.came[role] else inf


def stops(bill: Bill) -> tuple[Stop, ...]:
    """The way of a request through the machines of a bill: the edge takes all, the rest what it let through.
    Roles that have nothing to do are left out."""
    found = []
    before = bill.demand.requests
    for machines in sorted(bill.machines, key=lambda each: ROLES.index(each.role)):
        comes = before if machines.role == EDGE else min(before, bill.demand.site)
        if comes > 0 and machines.demand > 0:
            found.append(
                Stop(
                    name=machines.role,
                    chance=comes / before,
                    service=machines.demand / comes / machines.speed,
                    servers=machines.needed * machines.servers,
                )
            )
            before = comes
    return tuple(found)


def enough(way: Sequence[Stop]) -> int:
    """Requests to simulate, so that the last role gets some."""
    through = prod(stop.chance for stop in way)
    return min(MOST_REQUESTS, max(REQUESTS, ceil(RARE / through)))


def simulate(way: Sequence[Stop], rate: float, seed: int, requests: int | None = None) -> Simulated:
    """rate: arrivals a second. requests: by default `enough`. The same seed gives the same result."""
    requests = enough(way) if requests is None else requests
    world = _World(way, rate, Random(seed), requests)
    world.run()
    counted = world.clock.now - world.began
    return Simulated(
        utilisation={stop.name: world.busy[stop.name] / (counted * stop.servers) for stop in way},
        mean_wait={
            name: float(np.mean(waits)) if waits else 0.0 for name, waits in world.waits.items()
        },
        p99_wait=float(np.percentile(world.ways, 99)),
        p99_site_wait=float(np.percentile(world.beyond, 99)) if world.beyond else 0.0,
        came={name: len(waits) for name, waits in world.waits.items()},
        requests=len(world.ways),
    )


Steps = Generator[simpy.Event, Any, None]


class _World:
    """One run of the clock, and what is counted in it."""

    def __init__(self, way: Sequence[Stop], rate: float, chance: Random, requests: int) -> None:
        self.way = way
        self.rate = rate
        self.chance = chance
        self.requests = requests
        self.clock = simpy.Environment()
        self.cores = {stop.name: simpy.Resource(self.clock, stop.servers) for stop in way}
        self.warm = False
        self.began = 0.0
        self.busy = {stop.name: 0.0 for stop in way}
        self.waits: dict[str, list[float]] = {stop.name: [] for stop in way}
        self.ways: list[float] = []
        self.beyond: list[float] = []

    def run(self) -> None:
        """Until the last request has come: then nothing has emptied yet, and shares are of a busy time."""
        self.clock.run(until=self.clock.process(self._arrivals()))

    def _arrivals(self) -> Steps:
        warm = int(self.requests * WARM)
        for number in range(self.requests):
            yield self.clock.timeout(self.chance.expovariate(self.rate))
            if number == warm:
                self.began, self.warm = self.clock.now, True
            self.clock.process(self._request())

    def _request(self) -> Steps:
        waited, beyond = 0.0, False
        counted = self.warm
        for stop in self.way:
            if self.chance.random() >= stop.chance:
                break
            beyond = beyond or stop.name != EDGE
            came = self.clock.now
            with self.cores[stop.name].request() as turn:
                yield turn
                wait = self.clock.now - came
                waited += wait
                if counted:
                    self.waits[stop.name].append(wait)
                yield from self._serve(stop)
        if counted:
            self.ways.append(waited)
            if beyond:
                self.beyond.append(waited)

    def _serve(self, stop: Stop) -> Steps:
        """What is served before the counting begins does not count, nor does what lies after its end."""
        began = self.clock.now
        yield self.clock.timeout(self.chance.expovariate(1 / stop.service))
        if self.warm:
            self.busy[stop.name] += self.clock.now - max(began, self.began)
