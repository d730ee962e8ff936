"""The command line: which parts, how much of each; a line for each figure, then the verdict."""

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

from ..faults.engine import FaultError
from ..stack import CommandError
from . import attacked, failures, freshness, purge, speed
from .asked import Asked
from .figures import Part, missed, table

PARTS: dict[str, Callable[[Asked], Part]] = {
    "attacks": attacked.part,
    "purge": purge.part,
    "freshness": freshness.part,
    "faults": failures.part,
    "speed": speed.part,
}


def some_parts(text: str) -> list[str]:
    asked = [part.strip() for part in text.split(",")]
    for name in asked:
        if name not in PARTS:
            raise argparse.ArgumentTypeError(f"{name!r}: accepted values are {', '.join(PARTS)}")
    return asked


def whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(
                f"{text!r}: accepted are whole numbers from {least} to {most}"
            )
        return int(text)

    return parse


def parser() -> LineParser:
    made = LineParser(
        prog="edge", description="Puts the promises of the downstream cache to the test."
    )
    add = made.add_argument
    add("--short", action="store_true", help="a small form of each part")
    add("--only", type=some_parts, metavar="PART,...", help=f"of {', '.join(PARTS)}")
    add("--objects", type=whole(1_000, 200_000), metavar="N", help="kept while it is purged")
    add("--reads", type=whole(1_000, 100_000_000), metavar="N", help="checked for freshness")
    add("--rounds", type=whole(2, 100), metavar="N", help="of the comparison of speed")
    return made


def wanted(arguments: Sequence[str]) -> tuple[list[str], Asked]:
    """The parts, and how much of each."""
    given = parser().parse_args(arguments)
    full = Asked.SHORT if given.short else Asked.FULL
    sizes = Asked(
        short=given.short,
        objects=given.objects or full.objects,
        reads=given.reads or full.reads,
        rounds=given.rounds or full.rounds,
    )
    return given.only or list(PARTS), sizes


def main(arguments: Sequence[str]) -> int:
    """Exit codes: 0 the promises held, 1 one did not or could not be tested, 2 asked wrongly."""
    names, sizes = wanted(arguments)
    console = Console(width=None if sys.stdout.isatty() else 140)
    found: dict[str, Part] = {}
    broken = []
    before = signal.signal(signal.SIGTERM, stop)
    try:
        for name in names:
            console.print(f"{name} …", style="dim", highlight=False)
            try:
                found[name] = PARTS[name](sizes)
            except (AssertionError, CommandError, FaultError, DockerException, OSError) as problem:
                broken.append(f"{name}: {problem}")
                continue
            for remark in found[name].remarks:
                console.print(f"  {remark}", highlight=False, soft_wrap=True, markup=False)
    finally:
        signal.signal(signal.SIGTERM, before)
    console.print(table(found))
    wrong = [*broken, *missed(found)]
    for line in wrong:
        console.print(f"✗ {line}", style="red", highlight=False, soft_wrap=True, markup=False)
    return 1 if wrong else 0


def stop(number: int, _: FrameType | None) -> NoReturn:
    """Through `finally`, so that what was changed is put back."""
    sys.exit(128 + number)
