"""The live page's figures against the servers' own counters, with every layer switched on and off.

Compared are counts over the same load: what the page says that each server has counted since it began, and
what the server's own tool says; of Varnish, what it told each visitor. (The page's rates are differences of
these: services/console/tests.)
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any

import pytest

from checks import stack
from checks.visitor import Answer, Visitor, first_asset, member

USES = ("PROPERTIES", "COMPILED", "FRAGMENTS", "GENERATED", "AGGREGATES", "SYNDICATED")
SETTINGS: Mapping[str, Mapping[str, str]] = {
    "as declared": {},
    "pages not kept, Memcached upstream": {"LAB_EDGE_PAGES": "off", "LAB_UPSTREAM": "memcached"},
    "objects not kept, local memory upstream": {"LAB_EDGE_ASSETS": "off", "LAB_UPSTREAM": "local"},
    "no upstream cache": {"LAB_UPSTREAM": "off"},
    "none of its uses": {f"LAB_{use}": "off" for use in USES},
}
PAGES = ("/", "/board/", "/trending/", "/photos/", "/archive/")
ROUNDS = 60
STILL = 8.0  # seconds, after which the page has what was counted
NEAR = 0.02  # of the counters' number
FEW = 3.0  # requests that others may make meanwhile

Counts = dict[tuple[str, str], float]
"""(service, what) to a number since the service began."""


@dataclass
class Page:
    """What a browser is given."""

    events: list[dict[str, Any]] = field(default_factory=list)
    problem: str = ""

    def counted(self, key: tuple[str, str]) -> float:
        """The newest count."""
        (found,) = [each for each in self.events[-1]["services"] if each["name"] == key[0]]
        return found["totals"][key[1]]


def follow(page: Page, until: threading.Event) -> None:
    """Reads the stream of events, and keeps the figures."""
    connection = HTTPConnection("127.0.0.1", int(stack.setting("LAB_CONSOLE_PORT")), timeout=10)
    try:
        connection.request("GET", "/events")
        answer = connection.getresponse()
        name = ""
        while not until.is_set():
            line = answer.readline().decode().rstrip("\n")
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: ") and name == "live":
                page.events.append(json.loads(line.removeprefix("data: ")))
    except OSError as error:
        page.problem = str(error)
    finally:
        connection.close()


@contextmanager
def watching() -> Iterator[Page]:
    page, until = Page(), threading.Event()
    thread = threading.Thread(target=follow, args=(page, until), daemon=True)
    thread.start()
    yield page
    until.set()
    thread.join(15)
    assert not page.problem, f"the console's stream broke off: {page.problem}"


def counters() -> Counts:
    """Asked of the servers themselves, by their own tools."""
    redis = stack.inside("redis", "redis-cli", "info", "stats")
    memcached = stack.ask_memcached("stats")

    def number(text: str, pattern: str) -> float:
        (found,) = re.findall(pattern, text, re.MULTILINE)
        return float(found)

    return {
        ("redis", "hits"): number(redis, r"^keyspace_hits:(\d+)"),
        ("redis", "misses"): number(redis, r"^keyspace_misses:(\d+)"),
        ("memcached", "hits"): number(memcached, r"STAT get_hits (\d+)"),
        ("memcached", "misses"): number(memcached, r"STAT get_misses (\d+)"),
    }


def outcome(answer: Answer) -> tuple[str, str]:
    """What the edge did for it, as its own line of Cache-Status says, which is the last."""
    _, line = answer.cache_status.rsplit("varnish", 1)
    if "; hit" in line:
        return "varnish", "hits"
    return "varnish", "misses" if "fwd=miss" in line else "passes"


def load(visitor: Visitor, reader: Visitor) -> Counter[tuple[str, str]]:
    """Pages that may be kept, some not yet and some for a member, pages that are new each time, and an object
    of the bucket; what the edge said of each answer. Its counters are not asked: they count looks into the
    cache, and a page that was fetched and kept is looked up again."""
    asset = first_asset(visitor)
    answers: list[Answer] = []
    with ThreadPoolExecutor(2) as readers:
        for number in range(ROUNDS):
            fresh = f"figures-{time.time_ns()}-{number}"
            asked = (*PAGES, f"/search/?q={fresh}", f"/?page={number % 30 + 2}", asset)
            answers += readers.map(lambda path: Visitor().get(path), asked)
            answers.append(reader.get("/"))
    assert {answer.status for answer in answers} == {200}
    return Counter(map(outcome, answers))


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS.keys())
def test_the_pages_figures_are_the_servers_own(
    setting: Mapping[str, str], visitor: Visitor, put_back_at_last: None
) -> None:
    stack.up(**setting)
    reader = member()
    with watching() as page:
        time.sleep(STILL)
        before = counters()
        keys = [*before, *(("varnish", what) for what in ("hits", "misses", "passes"))]
        seen = {key: page.counted(key) for key in keys}
        told = load(visitor, reader)
        time.sleep(STILL)
        after = counters()
        shown = {key: page.counted(key) - seen[key] for key in keys}
    counted = {key: told[key] if key[0] == "varnish" else after[key] - before[key] for key in keys}
    assert sum(counted.values()) >= ROUNDS * len(PAGES), "the load was not counted"
    wrong = {
        " ".join(key): f"shown {shown[key]:.0f}, counted {counted[key]:.0f}"
        for key in counted
        if abs(shown[key] - counted[key]) > max(NEAR * counted[key], FEW)
    }
    assert wrong == {}
