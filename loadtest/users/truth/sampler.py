"""The sampler's order of events: log in and plant, write and look, be quiet, follow what is stale."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import cycle
from typing import Any

import gevent
from gevent.event import Event
from locust.env import Environment

from users.truth.follower import Follower
from users.truth.people import READ, Known, Stranger, Writer
from users.truth.planting import CantSample, Private, plant

POSTS = 6
"""How many posts are written to, of middling popularity: purging them takes nothing that most ask for."""

PAUSE = 0.25
"""Seconds between a reader's looks at stale pages, while nothing counts."""

MEASURED_PAUSE = 1.0
"""The same for the stranger while the load is measured; the member, whose pages take Django, rests."""


class Sampler:
    """One run's. `rate` is in writes a second; with 0 only the load's own answers are looked through.

    It is made before all other visitors, whatever its rate: visitors are numbered in order, and by their
    numbers they ask for pages.
    """

    def __init__(self, environment: Environment, rate: float) -> None:
        self.rate = rate
        self.problem = "" if rate else "sampling was switched off (--truth 0)"
        self.writer, self.member = Writer(environment), Known(environment)
        self.stranger = Stranger(environment)
        self.ground = self.stranger.ground
        self._settling = Event()
        self._greenlet = gevent.Greenlet(self._sample)
        self._followers: dict[Known | Stranger, Follower] = {}

    @property
    def posts(self) -> list[str]:
        """Those that are written to; none where nothing is."""
        return middling(self.ground.site.posts.ranked) if self.rate else []

    def start(self) -> None:
        """Begin the warm-up's part: first of all two people log in."""
        if self.rate:
            self._greenlet.start()

    def settle(self, patience: float) -> None:
        """Write no more and let the member rest; from here on the stranger only follows what is stale.

        Call it while the gate is open, before it is shut for the measurement. Raises what broke the sampler.
        """
        self._settling.set()
        if not self.rate:
            return
        self._greenlet.join(timeout=patience)
        if not self._greenlet.ready():
            self.problem = f"the sampler was still busy after {patience:.0f} s"
        self._greenlet.kill()
        self._greenlet.get()
        if self._followers:
            left = self._followers[self.member].finish(patience)
            self._followers[self.stranger].slow_down(MEASURED_PAUSE, left)
        if not self.problem and not self.ground.acknowledged.writes:
            self.problem = "no comment was taken in the warm-up"

    def end(self) -> None:
        """Follow nothing any more. Call it when the gate is shut again. Raises what broke the stranger."""
        if self._followers:
            self._followers[self.stranger].stop()

    def summary(self) -> dict[str, Any]:
        """As bench.result.Truth has it: of the sampler's answers and of the load's."""
        return {
            **self.ground.acknowledged.summary(),
            **self.ground.overheard.summary(),
            "problem": self.problem,
        }

    def _sample(self) -> None:
        try:
            private = self._prepare()
        except CantSample as error:
            self.problem = str(error)
            return
        readers: tuple[Known | Stranger, ...] = (self.stranger, self.member)
        self._followers = {reader: Follower(reader, PAUSE) for reader in readers}
        posts, pages = cycle(self.posts), cycle(private)
        due = time.monotonic()
        # Once at least: where logging in took all of a short warm-up, it gets that much longer.
        while True:
            self._write(next(posts))
            self._show(next(pages))
            due = max(due + 1 / self.rate, time.monotonic())
            if self._settling.wait(due - time.monotonic()):
                return

    def _prepare(self) -> list[Private]:
        """Log in and plant. Raises CantSample."""
        people = (self.writer, self.member)
        arriving = [gevent.spawn(person.log_in) for person in people]
        for person, arrival in zip(people, arriving, strict=True):
            if not arrival.get():
                raise CantSample(f"{person.username} can't log in")
        return plant(self.writer, people)

    def _write(self, path: str) -> None:
        if self.writer.comment(path):
            for follower in self._followers.values():
                follower.tell(path)

    def _show(self, page: Private) -> None:
        """Let the owner open a page, so that a cache that is wrong keeps it, and then the others."""
        if self.writer.get(READ, page.path, marker=page.marker):
            for follower in self._followers.values():
                follower.send_to(page.path)


def middling(ranked: Sequence[str], few: int = POSTS) -> list[str]:
    """The posts in the middle of an order of popularity."""
    first = max(0, len(ranked) // 2 - few // 2)
    return list(ranked[first : first + few])
