"""The command line: which stores, which faults, how long; a line for each, then the table."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import NoReturn

from docker.errors import DockerException
from rich.console import Console

from terminal import LineParser

from ..stack import CommandError
from .catalogue import FAULTS, SHORT, STORES, Fault
from .engine import FaultError
from .figures import Outcome
from .report import conclusion, line, table
from .run import Site, put_back, try_all, without_cache
from .servers import SERVERS

EVERY = [fault.name for fault in FAULTS]
SECONDS = 15
SHORT_SECONDS = 8


def some_of(accepted: Sequence[str]) -> Callable[[str], list[str]]:
    def parse(text: str) -> list[str]:
        asked = [part.strip() for part in text.split(",")]
        for name in asked:
            if name not in accepted:
                listed = ", ".join(accepted)
                raise argparse.ArgumentTypeError(f"{name!r}: accepted values are {listed}")
        return asked

    return parse


def duration(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 5 <= int(text) <= 300):
        raise argparse.ArgumentTypeError(f"{text!r}: accepted are whole numbers from 5 to 300")
    return int(text)


def parser() -> LineParser:
    made = LineParser(prog="faults", description=__doc__)
    made.add_argument("--short", action="store_true", help=f"Redis only: {', '.join(SHORT)}")
    made.add_argument("--stores", type=some_of(STORES), metavar="A,B", help="these only")
    made.add_argument("--faults", type=some_of(EVERY), metavar="A,B", help=f"of {', '.join(EVERY)}")
    made.add_argument("--seconds", type=duration, help="of each fault", metavar="S")
    return made


def chosen(asked: argparse.Namespace) -> dict[str, list[Fault]]:
    """The faults by store; a store without any is left out."""
    if asked.short and (asked.stores or asked.faults):
        parser().error("--short has faults of its own: leave out --short, or --stores and --faults")
    names = SHORT if asked.short else asked.faults or EVERY
    faults = {
        store: [fault for fault in FAULTS if fault.name in names and store in fault.stores]
        for store in (["redis"] if asked.short else asked.stores or STORES)
    }
    if not any(faults.values()):
        parser().error(f"no store that was chosen can have {', '.join(names)}")
    return {store: of_store for store, of_store in faults.items() if of_store}


def main(arguments: Sequence[str]) -> int:
    """Exit codes: 0 the promise held, 1 it did not or could not be tested, 2 asked wrongly."""
    asked = parser().parse_args(arguments)
    seconds = asked.seconds or (SHORT_SECONDS if asked.short else SECONDS)
    console = Console(width=None if sys.stdout.isatty() else 140)
    try:
        outcomes = run(chosen(asked), seconds, asked.short, console.print)
    except (FaultError, CommandError, DockerException, AssertionError) as problem:
        sys.stderr.write(f"faults: {problem}\n")
        return 1
    console.print(table(outcomes))
    console.print(conclusion(outcomes))
    return 1 if any(outcome.misses() for outcome in outcomes) else 0


def run(
    faults: dict[str, list[Fault]], seconds: int, short: bool, tell: Callable[[str], None]
) -> list[Outcome]:
    """The outcomes of these faults, by store; then all is put back, whatever happens."""
    site: Site | None = None
    outcomes: list[Outcome] = []
    before = signal.signal(signal.SIGTERM, stop)
    try:
        for store, of_store in faults.items():
            site = without_cache(seconds)
            tell(f"{store}: without a cache p99 is {site.p99 * 1000:.0f} ms of {site.requests}")
            for outcome in try_all(SERVERS[store], of_store, site, seconds, short):
                outcomes.append(outcome)
                tell(line(outcome))
    finally:
        tell("putting the stack back")
        put_back(site)
        signal.signal(signal.SIGTERM, before)
    return outcomes


def stop(number: int, _: FrameType | None) -> NoReturn:
    """Through `finally`, so that what is broken is healed and the toggles are put back."""
    sys.exit(128 + number)
