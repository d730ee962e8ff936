"""What the command lines share: how they refuse what they are asked, and how wide they write."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn

from rich.console import Console

LOG_WIDTH = 120
"""Columns where there is no terminal to say how many it has."""


class LineParser(argparse.ArgumentParser):
    """Says what is wrong in one line, which begins with the task's name; the whole usage would hide it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog.removeprefix('./scripts/lab ')}: {message}\n")


def output() -> Console:
    """Standard output: as wide as the terminal, or as a log."""
    return Console() if sys.stdout.isatty() else Console(width=LOG_WIDTH)
