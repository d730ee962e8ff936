"""The command line: which combinations, how deep; a line for each, then what leaked."""

from __future__ import annotations

import argparse
import re
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from terminal import LineParser

from .canaries import word
from .combinations import BY_USE, LAYERS, SHORT, Toggles
from .passes import Bounds
from .people import CantPlant
from .run import Row, put_back, try_combination

FULL_PAGES = 120
SHORT_PAGES = 24
MOST_LINES = 20
"""Leaks told of one combination: one hole is seen through many addresses."""


def rows(text: str) -> tuple[int, int]:
    """`N`: the first N; `N-M`: from the Nth to the Mth, as (first, last), counted from 1."""
    match = re.fullmatch(r"(?:([1-9][0-9]?)-)?([1-9][0-9]?)", text)
    first, last = (int(match[1] or 1), int(match[2])) if match else (1, 0)
    if first > last:
        raise argparse.ArgumentTypeError(f"{text!r}: accepted are a number, or two like 5-8")
    return first, last


def pages(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 1000):
        raise argparse.ArgumentTypeError(f"{text!r}: accepted are whole numbers from 1 to 1000")
    return int(text)


def parser() -> LineParser:
    made = LineParser(prog="leaks", description=__doc__)
    made.add_argument("--short", action="store_true", help="two combinations, few pages")
    made.add_argument("--uses", action="store_true", help="also by age, and each use off")
    made.add_argument("--combinations", type=rows, metavar="N", help="the first N, or those N-M")
    made.add_argument(
        "--pages",
        type=pages,
        metavar="N",
        help="pages of each one's crawl; disguises in proportion",
    )
    return made


def chosen(asked: argparse.Namespace) -> tuple[list[Toggles], Bounds]:
    if asked.short and asked.uses:
        parser().error("--short has two combinations of its own: leave out --short or --uses")
    combinations = SHORT if asked.short else [*LAYERS, *(BY_USE if asked.uses else [])]
    first, last = asked.combinations or (1, len(combinations))
    if first > len(combinations):
        parser().error(f"--combinations {first}-{last}: there are {len(combinations)}")
    depth = asked.pages or (SHORT_PAGES if asked.short else FULL_PAGES)
    return combinations[first - 1 : last], Bounds.of(depth)


def main(arguments: Sequence[str]) -> int:
    """Exit codes: 0 nothing leaked, 1 something did or nothing was proven, 2 asked wrongly."""
    combinations, bounds = chosen(parser().parse_args(arguments))
    try:
        tried = try_all(combinations, bounds)
    except (AssertionError, CantPlant, OSError) as problem:
        sys.stderr.write(f"leaks: {problem}\n")
        return 1
    return conclude(tried)


def try_all(combinations: Sequence[Toggles], bounds: Bounds) -> list[Row]:
    """One after the other, each told when it is done; then all is put back, whatever happens."""
    prefix = f"leak-{word()[:8]}"
    tried: list[Row] = []
    before = signal.signal(signal.SIGTERM, stop)
    try:
        say(Row.heading())
        for number, toggles in enumerate(combinations, 1):
            tried.append(try_combination(f"{prefix}-{number}", toggles, bounds))
            say(str(tried[-1]))
            for line in tried[-1].lines(MOST_LINES):
                say(line)
    finally:
        put_back(prefix)
        signal.signal(signal.SIGTERM, before)
    return tried


def conclude(tried: Sequence[Row]) -> int:
    leaks = sum(len(row.leaks) for row in tried)
    invalid = sum(not row.proves_something for row in tried)
    requests = sum(row.requests for row in tried)
    say(
        f"{requests:,} requests under {len(tried)} combinations of toggles: {leaks} leaks; "
        f"{invalid} combinations prove nothing"
    )
    return 1 if leaks or invalid else 0


def stop(number: int, frame: FrameType | None) -> NoReturn:
    """Through `finally`, so that the toggles are put back."""
    sys.exit(128 + number)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
