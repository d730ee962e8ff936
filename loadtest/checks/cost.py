"""`check cost`: what the upstream cache costs by itself. CPU time only; what is compared is measured
in turn. Nothing else should run meanwhile."""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Sequence
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

from rich.console import Console

from bench.counters import delta
from bench.stack import ComposeStack

from . import stack
from .stampede import STORES, Line, report
from .visitor import Visitor, first_post

EMPTY = "/up"  # a view that does next to nothing, by way of the same servers and middleware
BLOCKS, TIMES = 7, 300
IDLE = 10.0  # seconds


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="check cost", description=__doc__)
    parser.add_argument("--store", choices=STORES, help="one of them only")
    asked = parser.parse_args(arguments)
    lines: dict[str, list[Line]] = {}
    try:
        for store in [asked.store] if asked.store else STORES:
            stack.up(LAB_UPSTREAM=store, LAB_EDGE_PAGES="off")
            lines[store] = [*warm_page(), *in_process()]
    finally:
        stack.up()
    return report("what the upstream cache costs", lines)


def warm_page() -> list[Line]:
    """CPU of the web servers for a warm post page, beside that for an empty view."""
    compose = ComposeStack(Path(os.environ.get("LAB_HOME", ".")), int(stack.setting("LAB_PORT")))
    post = first_post(Visitor())
    spent: dict[str, list[float]] = {EMPTY: [], post: []}
    for path in spent:
        ask(path, 50)
    # Health checks, Prometheus and the watch go on when nobody asks, and longer for a slower page.
    idle, seconds = used(compose, lambda: time.sleep(IDLE))
    idle /= seconds
    for _ in range(BLOCKS):
        for path, blocks in spent.items():
            ms, seconds = used(compose, partial(ask, path, TIMES))
            blocks.append((ms - idle * seconds) / TIMES)
    empty, page = median(spent[EMPTY]), median(spent[post])
    Console().print(
        f"the web servers' CPU: empty view {empty:.2f} ms, warm post page {page:.2f} ms, without the "
        f"{idle:.0f} ms a second that they use when nobody asks"
    )
    return [Line("a warm page ÷ an empty view", page / empty, 1.6, "×")]


def used(compose: ComposeStack, what: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of the web servers' CPU meanwhile, and how many seconds that was."""
    before, began = compose.counters(), time.monotonic()
    what()
    after = compose.counters(ending=True)
    return delta(before, after).cpu_ns["web"] / 1e6, time.monotonic() - began


def ask(path: str, times: int) -> None:
    """So many requests, one after the other, on one connection."""
    connection = HTTPConnection("127.0.0.1", int(stack.setting("LAB_PORT")), timeout=60)
    for _ in range(times):
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            raise stack.CommandError(f"{path} answered {response.status}")
    connection.close()


def in_process() -> list[Line]:
    """What one replica measures of itself."""
    figures = json.loads(stack.inside("web", "python", "manage.py", "cache_cost").splitlines()[-1])
    console = Console()
    lines = []
    for what in ("one lookup", "seven lookups"):
        found = figures[what]
        console.print(
            f"{what}: policies {found['load']:.0f} us, Django's get_many {found['get_many']:.0f} us, "
            f"bare connection {found['connection']:.0f} us"
        )
        lines.append(
            Line(f"{what} ÷ Django's get_many", found["load"] / found["get_many"], 1.3, "×")
        )
    cold = figures["cold"]
    console.print(f"cold page {cold['cold']:.2f} ms, uncached {cold['uncached']:.2f} ms")
    return [*lines, Line("a cold page ÷ an uncached one", cold["ratio"], 1.15, "×")]
