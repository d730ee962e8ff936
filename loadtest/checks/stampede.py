"""`check stampede`: many callers, one key that nobody kept; and a hot key that ages under load."""

from __future__ import annotations

import argparse
import json
import re
import secrets
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

from rich.console import Console
from rich.table import Table

from . import stack
from .visitor import Visitor, first_post

STORES = ("redis", "memcached")
CALLERS = 500
SECONDS = 0.5  # of one computation
# What caching/conf.py states: nobody waits longer, but for the computation that follows.
BOUND = 6.0
# Python's interpreters start in the meantime.
HEAD_START = 12.0


@dataclass(frozen=True)
class Line:
    """One figure and what it may be at the most."""

    what: str
    figure: float
    most: float
    unit: str = ""

    @property
    def holds(self) -> bool:
        return self.figure <= self.most


def main(arguments: Sequence[str]) -> int:
    asked = _parser().parse_args(arguments)
    stores = [asked.store] if asked.store else STORES
    lines: dict[str, list[Line]] = {}
    try:
        for store in stores:
            stack.up(LAB_UPSTREAM=store, LAB_EDGE_PAGES="off")
            lines[store] = check(asked.short)
    finally:
        stack.up()
    return report("stampede", lines)


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="check stampede", description=__doc__)
    made.add_argument("--store", choices=STORES, help="one of them only")
    made.add_argument("--short", action="store_true", help="a shorter look at the hot key")
    return made


def check(short: bool) -> list[Line]:
    return [*together(), *holder_killed(), *pages(), *hot(6 if short else 20)]


def together() -> list[Line]:
    """All callers at once, in processes of all replicas."""
    parts = in_all_replicas("--callers", str(CALLERS // replicas()))
    answered = sum(part["answered"] for part in parts)
    values = {value for part in parts for value in part["values"]}
    return [
        Line("callers that got no answer", CALLERS - answered, 0),
        Line("computations for 500 callers", sum(part["computed"] for part in parts), 1),
        Line("different values that they got", len(values), 1),
        Line("longest call", max(part["longest"] for part in parts), BOUND, "s"),
    ]


def holder_killed() -> list[Line]:
    """The same, and the process that computes is killed half-way."""
    parts = in_all_replicas("--callers", str(CALLERS // replicas()), "--die", every=False)
    return [
        Line("computations when the holder is killed", sum(p["computed"] for p in parts), 2),
        Line("longest call then", max(p["longest"] for p in parts), BOUND, "s"),
    ]


def pages() -> list[Line]:
    """Requests for one page by way of the load balancer, all at once."""
    post = first_post(Visitor())
    stack.forget_kept()
    page = 'policy="post_for_readers"'
    before = counted("caching_recompute_seconds_count").get(page, 0.0)
    causes = ("caching_misses_total", "caching_refused_total", "caching_errors_total")
    were = [counted(metric) for metric in causes]
    with ThreadPoolExecutor(CALLERS) as pool:
        answers = list(pool.map(_status, [post] * CALLERS))
    made = counted("caching_recompute_seconds_count")[page] - before
    if made > 1:
        for metric, was in zip(causes, were, strict=True):
            said = grown(was, counted(metric))
            Console().print(f"{metric}: {said or 'none'}", highlight=False)
    return [
        Line("requests that failed", sum(answer != 200 for answer in answers), 0),
        Line("computations for 500 requests", made, 1),
    ]


def _status(path: str) -> int:
    connection = HTTPConnection("127.0.0.1", int(stack.setting("LAB_PORT")), timeout=60)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        return response.status
    except OSError:
        return 0
    finally:
        connection.close()


def hot(lasts: float) -> list[Line]:
    """The 99th percentile while a key is made anew, beside that of the rest of the time."""
    parts = in_all_replicas("--hot", str(lasts), "--seconds", "0.3")
    spans = [tuple(span) for part in parts for span in part["spans"]]
    calls = [tuple(call) for part in parts for call in part["calls"]]
    during = [took for began, took in calls if any(a <= began <= b for a, b in spans)]
    beside = [took for began, took in calls if not any(a <= began <= b for a, b in spans)]
    if len(during) < 200 or len(spans) < 2:
        raise stack.CommandError(f"{len(spans)} expiries and {len(during)} calls prove nothing")
    return [
        Line("expiries under load", len(spans), lasts),
        # The machine's own noise moves the 99th percentile of a cache hit by more than its half.
        Line("p99 while made anew ÷ otherwise", p99(during) / p99(beside), 3, "×"),
        Line("p99 while made anew", 1e3 * p99(during), 50, "ms"),
    ]


def p99(values: Iterable[float]) -> float:
    ordered = sorted(values)
    return ordered[int(0.99 * (len(ordered) - 1))]


def replicas() -> int:
    return len(stack.containers()["web"])


def in_all_replicas(*arguments: str, every: bool = True) -> list[dict[str, Any]]:
    """What `manage.py stampede` printed in each replica. every: or `--die` in the first only."""
    name = secrets.token_hex(4)
    at = f"{time.time() + HEAD_START:.3f}"
    command = ("python", "manage.py", "stampede", name, "--at", at, *arguments)

    def one(number: int, container: str) -> dict[str, Any]:
        mine = [word for word in command if every or number == 0 or word != "--die"]
        printed = stack.run("docker", "exec", container, *mine)
        found: dict[str, Any] = json.loads(printed.splitlines()[-1])
        return found

    ids = [container["Id"] for container in stack.containers()["web"]]
    with ThreadPoolExecutor(len(ids)) as pool:
        return list(pool.map(one, range(len(ids)), ids))


def counted(metric: str) -> dict[str, float]:
    """What the replicas have counted since they started, by labels."""
    ask = "import urllib.request as r; print(r.urlopen('http://localhost:8000/metrics').read().decode())"
    total: dict[str, float] = {}
    for container in stack.containers()["web"]:
        text = stack.run("docker", "exec", container["Id"], "python", "-c", ask)
        for labels, value in re.findall(rf"^{metric}{{(.*)}} (\S+)$", text, re.MULTILINE):
            total[labels] = total.get(labels, 0.0) + float(value)
    return total


def grown(before: dict[str, float], after: dict[str, float]) -> str:
    """What was counted in between, in words."""
    found = {labels: value - before.get(labels, 0.0) for labels, value in after.items()}
    return "; ".join(f"{labels}: {value:g}" for labels, value in found.items() if value)


def report(title: str, lines: dict[str, list[Line]]) -> int:
    table = Table(title=title)
    for column in ("store", "what", "figure", "at most", ""):
        table.add_column(column, justify="right" if column in ("figure", "at most") else "left")
    for store, found in lines.items():
        for line in found:
            table.add_row(
                store, line.what, f"{line.figure:.3g} {line.unit}", f"{line.most:g} {line.unit}",
                "held" if line.holds else "[red]MISSED",
            )  # fmt: skip
    Console().print(table)
    return 0 if all(line.holds for found in lines.values() for line in found) else 1
