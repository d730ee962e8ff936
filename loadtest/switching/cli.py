"""What is asked for on the command line.

Exit codes: 0 done, 1 it can't be done, 2 asked for what there is not.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import FrameType
from typing import NoReturn

import journal
import toggles

from .helper import Helper, toggle
from .spool import Spool

TOP = Path(__file__).resolve().parents[2]


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line. Not the one of `terminal`, which needs what is not installed yet."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"console: {message}\n")


class Taken(Exception):
    """Another helper runs."""


def parser() -> Parser:
    made = Parser(prog="./scripts/lab console", description="Says where the live page is.")
    made.add_argument(
        "--allow-switching",
        action="store_true",
        help="let the page switch toggles on this machine's stack, until Ctrl-C",
    )
    return made


def main(arguments: Sequence[str]) -> int:
    asked = parser().parse_args(arguments)
    try:
        port = toggles.resolve(os.environ)["LAB_CONSOLE_PORT"]
    except toggles.BadToggle as bad:
        return _fail(str(bad), 2)
    say(f"the live page: http://localhost:{port}")
    if not asked.allow_switching:
        return 0
    try:
        with _alone(journal.FOLDER):
            say("it may switch toggles now; each switch is told here, and Ctrl-C ends it")
            Helper(Spool(journal.FOLDER), toggle(TOP, os.environ), say, _until_stopped()).run()
    except Taken:
        return _fail("switching is allowed already: another console --allow-switching runs", 1)
    except OSError as error:
        return _fail(f"{journal.FOLDER.relative_to(TOP)} can't be used: {error.strerror}", 1)
    say("it may switch nothing any more")
    return 0


def say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "helper.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Taken from None
        yield


def _until_stopped() -> Event:
    stopped = Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    return stopped


def _fail(line: str, code: int) -> int:
    sys.stderr.write(f"console: {line}\n")
    return code
