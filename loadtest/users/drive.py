"""Locust without its web page: warm, then measure, and say on standard output what happened.

    python -m users.drive --mix readers --users 16 --warm 8 --measure 10 --seed 1 --host http://varnish:8080

A closed loop keeps --users visits under way; with --rate so many begin each second, on at most --users
seats (`users.arrivals`). With --workers several processes make the load together, --await-workers of them
on other machines, which join by

    python -m users.drive --join MASTER:PORT --host http://where-the-site-is-from-here

One JSON object a line: `starting`, with --await-workers `awaiting` (how to join), `warming`, with
--handshake `warm` (nothing is in flight), `measuring` (the counts start now), `result`; or `error`. With
--handshake it goes on after `starting` (nothing was asked for yet) and after `warm` when a line arrives on
standard input. Ends by itself whatever happens; on Ctrl-C or TERM it tells what was measured until then.
"""

from __future__ import annotations

import argparse
import json
import math
import signal
import socket
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

import gevent
import gevent.os
from gevent.event import Event

from users.generator import Orders, Unready
from users.mixes import BadMix, Mix, parse
from users.outcome import outcome
from users.team import AWAIT_PATIENCE, JOIN_PATIENCE, LEARN_PATIENCE, SLACK, Alone, Team, Workers
from users.wire import PORT, place
from users.worker import Worker

STACK_PATIENCE = 360.0
"""Seconds to wait for the first go-ahead: so long may recreating the stack take."""

HANDSHAKE_PATIENCE = 60.0
"""The same for the second; nobody who wants figures takes longer."""

CLOSED_SEATS, OPEN_SEATS = 16, 128
"""Visits under way at once, where --users doesn't say: what saturates the stack, and what a rate that
the stack can carry does not exhaust."""

MOST_WORKERS = 64

MOST_WRITES = 20.0
"""A second: more would be a load of its own."""


def emit(event: str, **facts: Any) -> None:
    sys.stdout.write(json.dumps({"event": event, **facts}) + "\n")
    sys.stdout.flush()


def main(argv: list[str] | None = None) -> int:
    wanted = parse_options(argv)
    try:
        if wanted.join:
            return Worker(wanted.join, wanted.host or "", wanted.name, emit).serve()
        return lead(wanted)
    except Unready as unready:
        emit("error", reason=str(unready))
        return 1


def lead(wanted: argparse.Namespace) -> int:
    """Make one run, alone or with workers. Raises Unready."""
    orders = Orders(
        host=wanted.host,
        mix=wanted.mix,
        seats=wanted.users,
        rate=wanted.rate,
        warm=wanted.warm,
        measure=wanted.measure,
        seed=wanted.seed,
        alpha=wanted.alpha,
        pages=wanted.pages,
        truth=wanted.truth,
    )
    several = wanted.workers > 1 or wanted.await_workers > 0
    patience = STACK_PATIENCE + HANDSHAKE_PATIENCE
    if several:
        joining = AWAIT_PATIENCE if wanted.await_workers else JOIN_PATIENCE
        patience += joining + LEARN_PATIENCE + 2 * SLACK
    # The last resort against a driver that hangs: the kernel ends it.
    signal.alarm(int(orders.longest + patience))
    if several:
        port = wanted.port if wanted.await_workers else 0
        workers = partial(
            Workers, wanted.workers, wanted.await_workers, wanted.bind, port, awaiting
        )
        return Drive(workers).run(orders, wanted.handshake)
    return Drive(Alone).run(orders, wanted.handshake)


def awaiting(workers: int, address: str, port: int) -> None:
    """Say how workers of other machines join."""
    command = f"python -m users.drive --join {address}:{port} --host SITE"
    emit("awaiting", workers=workers, port=port, join=command)


class Drive:
    """One run: the order of events, and who is told of them. `gather` makes the team, which then listens for
    those who join it: not before there is something to do."""

    def __init__(self, gather: Callable[[], Team]) -> None:
        self.gather = gather
        self.team: Team | None = None
        self.stopped = Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            gevent.signal_handler(number, self.stop)

    def stop(self) -> None:
        self.stopped.set()
        if self.team:
            self.team.stop()

    def run(self, orders: Orders, handshake: bool) -> int:
        """Raises Unready."""
        emit("starting", mix=orders.mix, users=orders.seats, rate=orders.rate, seed=orders.seed)
        if handshake and not self.await_go_ahead(STACK_PATIENCE):
            raise Unready("nobody said that the site is there")
        self.team = team = self.gather()
        if self.stopped.is_set():
            team.stop()
        try:
            team.learn(orders)
            emit("warming")
            drained = team.warm()
            if handshake and not self.stopped.is_set():
                emit("warm")
                if not self.await_go_ahead(HANDSHAKE_PATIENCE):
                    self.stop()
            if not self.stopped.is_set():
                emit("measuring")
            told = outcome(team.measure(), orders.rate)
            emit("result", **{**told, "drained": told["drained"] and drained})
        finally:
            team.dismiss()
        return 0

    def await_go_ahead(self, patience: float) -> bool:
        """Whether a line came on standard input: not where nobody said anything for so many seconds, or the
        one who asked is gone, or it is stopped."""
        line = gevent.spawn(a_line)
        gevent.wait([line, self.stopped], timeout=patience, count=1)
        return not self.stopped.is_set() and bool(line.value)


def a_line() -> bytes:
    """The next of standard input; nothing at its end. By the byte: what is buffered is locked by its reader,
    who may still wait when the process ends."""
    said = b""
    while not said.endswith(b"\n"):
        byte: bytes = gevent.os.tp_read(sys.stdin.fileno(), 1)
        if not byte:
            return b""
        said += byte
    return said


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line; the whole usage would hide it.

    Not `terminal`'s, which is for the lab's own command lines: this one runs in the load's image, where
    only `users` is."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"users.drive: {message}\n")


def parse_options(argv: list[str] | None) -> argparse.Namespace:
    parser = Parser(prog="users.drive", description=__doc__.partition("\n")[0])
    add = parser.add_argument
    add("--host", help="where the site is, such as http://varnish:8080")
    add("--mix", type=mix, default="readers", help="a mix by its name, or kind=weight,kind=weight")
    add(
        "--users",
        type=whole(1, 100_000),
        help=f"visits under way at once, with --rate at most (default: {CLOSED_SEATS},"
        f" with --rate {OPEN_SEATS})",
    )
    add("--rate", type=number("above 0", above=0), help="visits that begin each second")
    add(
        "--warm", type=number("from 0", least=0), default=8.0, help="seconds before anything counts"
    )
    add("--measure", type=number("above 0", above=0), default=10.0, help="seconds that count")
    add("--seed", type=int, default=1, help="who asks for what, in which order")
    add("--alpha", type=number("from 0", least=0), default=0.8, help="the pages' Zipf exponent")
    add("--pages", type=whole(0, 10**9), default=0, help="posts that are visited; 0 is all")
    add(
        "--truth",
        type=number(f"from 0 to {MOST_WRITES:g}", least=0, most=MOST_WRITES),
        default=0.0,
        help="writes a second that sample freshness; 0 is none",
    )
    add(
        "--handshake",
        action="store_true",
        help="wait for a line, before asking and before measuring",
    )
    add("--workers", type=whole(0, MOST_WORKERS), default=1, help="processes on this machine")
    add("--await-workers", type=whole(0, MOST_WORKERS), default=0, help="those that join by --join")
    add("--bind", default="127.0.0.1", help="the address where these reach this one")
    add("--port", type=whole(1, 65535), default=PORT, help="the port where they do")
    add("--join", type=master, metavar="MASTER:PORT", help="make part of the load of that one")
    add("--name", default=socket.gethostname(), help="what a worker is called in the result")
    wanted = parser.parse_args(argv)
    if not wanted.host and not wanted.join:
        parser.error("--host is missing: where is the site?")
    if wanted.workers + wanted.await_workers < 1:
        parser.error("accepted: --workers from 1, or from 0 with --await-workers")
    wanted.users = wanted.users or (CLOSED_SEATS if wanted.rate is None else OPEN_SEATS)
    if wanted.users < wanted.workers + wanted.await_workers:
        parser.error("accepted: --users from the number of workers, each makes one visit at least")
    return wanted


def mix(text: str) -> Mix:
    try:
        return parse(text)
    except BadMix as bad:
        raise argparse.ArgumentTypeError(str(bad)) from None


def master(text: str) -> tuple[str, int]:
    try:
        return place(text)
    except ValueError as bad:
        raise argparse.ArgumentTypeError(str(bad)) from None


def whole(least: int, most: int) -> Callable[[str], int]:
    """An argument's type: a whole number within bounds."""

    def read(text: str) -> int:
        if text.isascii() and text.isdecimal() and least <= int(text) <= most:
            return int(text)
        raise argparse.ArgumentTypeError(
            f"{text!r}: accepted are whole numbers from {least} to {most}"
        )

    return read


def number(
    bounds: str, least: float = -math.inf, above: float = -math.inf, most: float = math.inf
) -> Callable[[str], float]:
    """An argument's type: a number from `least` to `most`, and more than `above`."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if math.isfinite(value) and least <= value <= most and value > above:
            return value
        raise argparse.ArgumentTypeError(f"{text!r}: accepted are numbers {bounds}")

    return read


if __name__ == "__main__":
    sys.exit(main())
