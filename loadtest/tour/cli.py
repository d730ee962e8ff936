"""What is asked for on the command line, and how the tour ends.

Exit codes: 0 done, 1 something failed or was not as promised, 2 asked for what there is not, 130 stopped.
"""

from __future__ import annotations

import os
import signal
import sys
from http.client import HTTPException
from pathlib import Path
from subprocess import SubprocessError
from types import FrameType

import toggles
from bench.cli import refuse_debug
from bench.load import LoadFailed, LocustInContainer
from bench.stack import ComposeStack, StackFailed
from checks.stack import CommandError
from terminal import LineParser, output

from .guide import ATTENDED, UNATTENDED, Guide
from .hands import RealHands
from .screen import Screen

PROBLEMS = (StackFailed, LoadFailed, CommandError, SubprocessError, HTTPException, OSError)
"""What may go wrong on a stack that is being taken apart; each says what in its text."""


def parser() -> LineParser:
    made = LineParser(
        prog="./scripts/lab tour", description="Shows each layer at work, one by one."
    )
    made.add_argument(
        "--unattended", action="store_true", help="don't ask for Enter, and measure shorter"
    )
    return made


def main(arguments: list[str]) -> int:
    asked = parser().parse_args(arguments)
    try:
        settings = toggles.resolve(os.environ)
        refuse_debug(settings)
    except toggles.BadToggle as bad:
        return _fail(str(bad), 2)
    if not asked.unattended and not sys.stdin.isatty():
        return _fail("no terminal to press Enter in: accepted is --unattended", 2)
    console = output()
    screen = Screen(
        console,
        f"http://localhost:{settings['LAB_CONSOLE_PORT']}",
        None if asked.unattended else sys.stdin.readline,
    )
    try:
        stack = ComposeStack(Path.cwd(), int(settings["LAB_PORT"]))
    except StackFailed as error:
        return _fail(str(error), 1)
    pace = UNATTENDED if asked.unattended else ATTENDED
    return run(Guide(stack, LocustInContainer(), RealHands(), screen, pace))


def run(guide: Guide) -> int:
    """The tour from its beginning to the toggles put back; its exit code."""
    signal.signal(signal.SIGTERM, _stop)
    code = 0
    try:
        guide.walk()
    except KeyboardInterrupt:
        code = 130
    except PROBLEMS as error:
        code = _fail(_line(error), 1)
    finally:
        # A second Ctrl-C would leave things half-way.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        back = _put_back(guide)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if guide.found:
        guide.screen.end(guide.found)
    for sentence in guide.wrong:
        _fail(sentence, 1)
    return code or (0 if back and not guide.wrong else 1)


def _put_back(guide: Guide) -> bool:
    with guide.screen.working("putting the toggles back"):
        try:
            guide.put_back()
        except PROBLEMS as error:
            _fail(f"not all could be put back: {_line(error)}; ./scripts/lab up does it", 1)
            return False
    return True


def _stop(number: int, frame: FrameType | None) -> None:
    """TERM ends the tour as Ctrl-C does."""
    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _fail(line: str, code: int) -> int:
    sys.stderr.write(f"tour: {line}\n")
    return code
