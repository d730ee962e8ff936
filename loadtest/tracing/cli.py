"""What is asked for on the command line."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import asdict

from rich.console import Console

from checks import stack
from terminal import LineParser

from . import address, collect, picture
from .account import UnknownUser


def parser() -> LineParser:
    made = LineParser(prog="./scripts/lab trace", description="Shows the way of one request.")
    made.add_argument("url", metavar="URL", help="a path, or a whole address of the site")
    made.add_argument("--as", dest="user", metavar="USER", help="in whose name")
    made.add_argument("--json", action="store_true", help="print the facts as JSON")
    return made


def main(arguments: list[str]) -> int:
    asked = parser().parse_args(arguments)
    try:
        there = address.parse(asked.url, int(stack.setting("LAB_PORT")))
        if asked.user is not None:
            address.refuse_writes(there)
    except address.BadAddress as bad:
        return _fail(str(bad), 2)
    if not is_up():
        return _fail("the stack is not running: ./scripts/lab up", 1)
    try:
        found = collect.trace(there, asked.user)
    except UnknownUser as unknown:
        return _fail(f"--as {unknown}", 2)
    except stack.CommandError as error:
        return _fail(str(error).splitlines()[0], 1)
    if asked.json:
        sys.stdout.write(json.dumps(asdict(found), indent=2, ensure_ascii=False) + "\n")
    else:
        picture.show(found, Console(highlight=False))
    return 0


def is_up() -> bool:
    if shutil.which("docker") is None:
        return False
    running = ("docker", "compose", "ps", "-q", "--status", "running", "varnish")
    return bool(stack.attempt(*running).stdout.strip())


def _fail(line: str, code: int) -> int:
    sys.stderr.write(f"trace: {line}\n")
    return code
