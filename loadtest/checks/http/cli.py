"""The command line: runs the suite through an edge of its own and prints how it ended."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from .. import stack
from .deviations import DEVIATIONS
from .results import Test, counts, misses, read

SERVICES = ("http-suite", "http-edge")
EDGE = "http://http-edge:8080"


def main(arguments: Sequence[str]) -> int:
    """Exit codes: 0 all that is required is done or declared, 1 not so, 2 asked wrongly."""
    parser = argparse.ArgumentParser(prog="check http", description=__doc__)
    parser.add_argument("--all", action="store_true", help="name every test that did not pass")
    asked = parser.parse_args(arguments)
    tests = run()
    console = Console()
    console.print(table(tests))
    if asked.all:
        for test in tests:
            if not test.passed:
                state = "failed" if test.judged else "not judged"
                console.print(f"{test.kind}, {state}: {test.id}: {test.says}", highlight=False)
    for name, why in DEVIATIONS.items():
        console.print(f"not done: {name}: {why}", highlight=False)
    missed = misses(tests, DEVIATIONS)
    for each in missed:
        console.print(f"[red]missed[/]: {each}", highlight=False)
    return 1 if missed else 0


def run() -> list[Test]:
    """The results of every test that is not for browsers."""
    try:
        stack.compose("--profile", "http", "up", "-d", "--no-build", "--wait", *SERVICES)
        catalogue = stack.inside("http-suite", "node", "--no-warnings", "catalogue.mjs")
        client = ("env", f"npm_config_base={EDGE}", "node", "--no-warnings", "cli.mjs")
        return read(json.loads(catalogue), last_object(stack.inside("http-suite", *client)))
    finally:
        stack.compose("--profile", "http", "rm", "--stop", "--force", *SERVICES)


def last_object(printed: str) -> dict[str, Any]:
    """The JSON object that ends what was printed. Raises CommandError if there is none."""
    begin = printed.find("{")
    if begin < 0:
        raise stack.CommandError(f"the suite printed no results: {printed[-300:]}")
    found: dict[str, Any] = json.loads(printed[begin:])
    return found


def table(tests: Sequence[Test]) -> Table:
    made = Table(
        title=f"the edge before the suite's origin: {len(tests)} tests", title_justify="left"
    )
    for name in ("", "passed", "failed", "not judged"):
        made.add_column(name, justify="right" if name else "left")
    meaning = {
        "required": "required by RFC 9111",
        "optimal": "allowed, would save fetches",
        "check": "the RFC leaves it open",
    }
    for kind, count in counts(tests).items():
        made.add_row(
            meaning[kind], *(str(count[state]) for state in ("passed", "failed", "not judged"))
        )
    return made
