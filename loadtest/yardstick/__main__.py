"""`python -m yardstick --cores 0-2 --seconds 30`: a line with the CPU milliseconds of each piece, on each
core in turn. The first line is the yardstick's name. It ends with its standard input, and so with whoever
started it."""

from __future__ import annotations

import argparse
import os
import re
import select
import sys
import time
from collections.abc import Callable, Sequence
from itertools import cycle

from yardstick.piece import NAME, cost_ms

EVERY = 0.0125
"""Seconds between two pieces: they take some 4 % of a core. Many short ones see more moments than few long
ones, and seldom lose the core."""


def some_cores(text: str) -> list[int]:
    """`3` or `0-2` as numbers."""
    found = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", text, re.ASCII)
    if not found or (last := int(found[2] or found[1])) < int(found[1]):
        raise argparse.ArgumentTypeError(f"{text!r}: accepted are a core, or some as in 0-2")
    return list(range(int(found[1]), last + 1))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def stdin_ends_within(seconds: float) -> bool:
    readable, _, _ = select.select([sys.stdin], [], [], seconds)
    return bool(readable)


def main(
    arguments: Sequence[str] | None = None,
    ends_within: Callable[[float], bool] = stdin_ends_within,
) -> int:
    """ends_within: waits for so many seconds, or until it is to end, and tells which it was."""
    parser = argparse.ArgumentParser(prog="yardstick", description=__doc__)
    parser.add_argument("--cores", type=some_cores, required=True)
    parser.add_argument(
        "--seconds", type=float, required=True, help="after these it ends by itself"
    )
    given = parser.parse_args(arguments)
    say(NAME)
    ends = time.monotonic() + given.seconds
    for core in cycle(given.cores):
        due = time.monotonic() + EVERY
        if due > ends:
            return 0
        if len(given.cores) > 1 or os.sched_getaffinity(0) != {core}:
            os.sched_setaffinity(0, {core})
        cost = cost_ms()
        if cost is not None:
            say(f"{cost:.4f}")
        if ends_within(max(0.0, due - time.monotonic())):
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
