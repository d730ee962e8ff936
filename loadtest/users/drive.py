"""Locust without its web page: warm, then measure, and say on standard output what happened.

    python -m users.drive --mix readers --users 16 --warm 8 --measure 10 --seed 1 --host http://varnish:8080

One JSON object a line: `starting`, `warming`, with --handshake `warm` (nothing is in flight; it goes on
when a line arrives on standard input), `measuring` (the counts start now), `result`; or `error`.
Ends by itself whatever happens; on Ctrl-C or TERM it tells what was measured until then.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from typing import Any

import gevent
import gevent.os
from gevent.event import Event
from gevent.pool import Pool
from locust import __version__ as locust_version
from locust.env import Environment

from users.crowd import crowd
from users.mixes import MIXES
from users.reader import Reader
from users.recorder import Recorder
from users.site import NothingToVisit
from users.truth.sampler import Sampler
from users.visitor import Ground, Visitor, prepare

HANDSHAKE_PATIENCE = 60.0
"""Seconds to wait for the go-ahead; nobody who wants figures takes longer."""

DRAIN_PATIENCE = Visitor.network_timeout + Visitor.connection_timeout + 1

MOST_WRITES = 20.0
"""A second: more would be a load of its own."""

PRIME_SHARE = 0.75
"""At most this share of the warm-up goes into asking for every page once."""


def emit(event: str, **facts: Any) -> None:
    sys.stdout.write(json.dumps({"event": event, **facts}) + "\n")
    sys.stdout.flush()


def main(argv: list[str] | None = None) -> int:
    wanted = parse(argv)
    # The last resort against a driver that hangs: the kernel ends it.
    signal.alarm(int(60 + wanted.warm + wanted.measure + HANDSHAKE_PATIENCE + 4 * DRAIN_PATIENCE))
    emit("starting", mix=wanted.mix, users=wanted.users, seed=wanted.seed)
    try:
        ground = prepare(wanted.host, wanted.alpha, wanted.seed, wanted.pages)
    except (OSError, NothingToVisit) as error:
        emit("error", reason=f"{wanted.host} can't be learned: {error}")
        return 1
    return Drive(wanted, ground).run()


def parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="users.drive", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--host", required=True, help="where the site is, such as http://varnish:8080"
    )
    parser.add_argument("--mix", choices=sorted(MIXES), default="readers")
    parser.add_argument("--users", type=int, default=16, help="seats: requests under way at once")
    parser.add_argument("--warm", type=float, default=8, help="seconds before anything counts")
    parser.add_argument("--measure", type=float, default=10, help="seconds that count")
    parser.add_argument("--seed", type=int, default=1, help="who asks for what, in which order")
    parser.add_argument("--alpha", type=float, default=0.8, help="the pages' Zipf exponent")
    parser.add_argument("--pages", type=int, default=0, help="posts that are visited; 0 is all")
    parser.add_argument(
        "--truth", type=float, default=0, help="writes a second that sample freshness; 0 is none"
    )
    parser.add_argument("--handshake", action="store_true", help="wait for a line before measuring")
    wanted = parser.parse_args(argv)
    if wanted.users < 1 or wanted.warm < 0 or wanted.measure <= 0 or wanted.pages < 0:
        parser.error("accepted: --users from 1, --warm from 0, --measure above 0, --pages from 0")
    if not 0 <= wanted.truth <= MOST_WRITES:
        parser.error(f"accepted: --truth from 0 to {MOST_WRITES:.0f}")
    return wanted


class Drive:
    """One run: its crowd, its record, and the order of events."""

    def __init__(self, wanted: argparse.Namespace, ground: Ground) -> None:
        self.wanted = wanted
        self.ground = ground
        self.recorder = Recorder()
        self.stopped = Event()
        self.env = Environment(user_classes=[crowd(wanted.mix)], host=wanted.host)
        self.env.events.request.add_listener(self.recorder.on_request)
        self.env.events.user_error.add_listener(self.recorder.on_error)
        self.sampler = Sampler(self.env, wanted.truth)
        for number in (signal.SIGINT, signal.SIGTERM):
            gevent.signal_handler(number, self.stopped.set)

    def run(self) -> int:
        runner = self.env.create_local_runner()
        emit("warming")
        until = time.monotonic() + self.wanted.warm
        try:
            for kind in MIXES[self.wanted.mix]:
                kind.arrive(self.env)
        except NothingToVisit as error:
            emit("error", reason=str(error))
            return 1
        self.sampler.start()
        self.prime()
        runner.start(self.wanted.users, spawn_rate=max(self.wanted.users, 1))
        self.stopped.wait(max(0.0, until - time.monotonic()))
        self.sampler.settle(DRAIN_PATIENCE)
        drained = self.ground.gate.shut(DRAIN_PATIENCE)
        if self.wanted.handshake and not self.stopped.is_set():
            emit("warm")
            self.await_go_ahead()
        self.measure(drained)
        runner.quit()
        return 0

    def prime(self) -> None:
        """Ask for every page once, the most popular first, so that what is measured is a warm site."""
        pages = iter(self.ground.site.pages())
        until = time.monotonic() + self.wanted.warm * PRIME_SHARE

        def walk() -> None:
            visitor = Reader(self.env)
            for path in pages:
                if self.stopped.is_set() or time.monotonic() > until:
                    return
                visitor.get("page/primed", path)

        pool = Pool(self.wanted.users)
        for _ in range(self.wanted.users):
            pool.spawn(walk)
        pool.join()

    def await_go_ahead(self) -> None:
        """A line on standard input, or its end: then the one who asked is gone, and so are we."""
        with gevent.Timeout(HANDSHAKE_PATIENCE, exception=False):
            if gevent.os.tp_read(sys.stdin.fileno(), 1):
                return
        self.stopped.set()

    def measure(self, drained: bool) -> None:
        self.recorder.reset()
        busy, started = time.process_time(), time.monotonic()
        if not self.stopped.is_set():
            emit("measuring")
            self.ground.gate.open()
            self.stopped.wait(self.wanted.measure)
            drained = self.ground.gate.shut(DRAIN_PATIENCE) and drained
        self.sampler.end()
        elapsed, busy = time.monotonic() - started, time.process_time() - busy
        emit(
            "result",
            **self.recorder.summary(elapsed),
            truth=self.sampler.summary(),
            elapsed=elapsed,
            cpu_seconds=busy,
            core_share=busy / elapsed if elapsed else 0.0,
            drained=drained,
            interrupted=self.stopped.is_set(),
            locust=locust_version,
        )


if __name__ == "__main__":
    sys.exit(main())
