"""What each server says it did: read before and after a run, and subtracted.

Parsing only; `bench.stack` fetches the texts. Nothing here knows what a good value is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from bench.result import Kind

PATH = ("varnish", "nginx", "web", "relay", "postgres", "redis", "memcached", "minio", "partner")
"""The services a request may pass through; the others (exporters, console) only watch."""


class Counters(msgspec.Struct, frozen=True):
    """Counters at one moment: `cpu_ns` by service, the rest as `server.what`, all only ever growing."""

    cpu_ns: dict[str, int] = {}
    counts: dict[str, int] = {}


def delta(before: Counters, after: Counters) -> Counters:
    """What happened in between. A service that came or went in between is left out."""
    return Counters(
        cpu_ns=_difference(before.cpu_ns, after.cpu_ns),
        counts=_difference(before.counts, after.counts),
    )


def _difference(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    return {name: after[name] - before[name] for name in after if name in before}


def varnish(text: str) -> dict[str, int]:
    """From `varnishstat -j`. Fetches are counted by backend, as varnish/backends.vcl names them."""
    counters: dict[str, dict[str, object]] = json.loads(text)["counters"]
    values = {name: int(str(entry["value"])) for name, entry in counters.items()}
    fetched = {"site": 0, "store": 0}
    for name, value in values.items():
        backend = re.fullmatch(r"VBE\.[^.]+\.(site|store)\.req", name)
        if backend:
            fetched[backend[1]] += value
    return {
        "varnish.requests": values.get("MAIN.client_req", 0),
        "varnish.hits": values.get("MAIN.cache_hit", 0),
        "varnish.misses": values.get("MAIN.cache_miss", 0),
        "varnish.passes": values.get("MAIN.s_pass", 0),
        "varnish.parts": values.get("MAIN.esi_req", 0),
        "varnish.fetched_pages": fetched["site"],
        "varnish.fetched_objects": fetched["store"],
    }


def nginx(text: str) -> dict[str, int]:
    """From stub_status: the third number of its third line. It holds health checks, too."""
    numbers = re.search(r"^\s*\d+\s+\d+\s+(\d+)\s*$", text, re.MULTILINE)
    return {"nginx.requests": int(numbers[1])} if numbers else {}


def redis(text: str) -> dict[str, int]:
    """From `INFO stats`."""
    found = dict(re.findall(r"^(\w+):(\d+)\s*$", text, re.MULTILINE))
    names = {
        "hits": "keyspace_hits",
        "misses": "keyspace_misses",
        "commands": "total_commands_processed",
        "evicted": "evicted_keys",
    }
    return {f"redis.{ours}": int(found[its]) for ours, its in names.items() if its in found}


def memcached(text: str) -> dict[str, int]:
    """From `stats`."""
    found = dict(re.findall(r"^STAT (\w+) (\d+)\s*$", text, re.MULTILINE))
    names = {"hits": "get_hits", "misses": "get_misses", "sets": "cmd_set"}
    return {f"memcached.{ours}": int(found[its]) for ours, its in names.items() if its in found}


def cpu_ms_per_request(spent: Counters, requests: int) -> dict[str, float]:
    """CPU milliseconds that each service spent for one request, whoever asked it; {} without requests."""
    if not requests:
        return {}
    return {service: ns / 1e6 / requests for service, ns in sorted(spent.cpu_ns.items())}


def on_path(cpu_ms: Mapping[str, float]) -> float:
    """The sum over the services that requests pass through."""
    return sum(ms for service, ms in cpu_ms.items() if service in PATH)


# Which answers tell what about the edge: the pages that anybody may read, asked for by somebody without
# a session or with one, and objects. An inbox and a log-in are one person's, and nobody's hit or miss.
ASKED_OF_THE_EDGE = {
    "pages": re.compile(r"page/|feed/"),
    "members": re.compile(r"member/"),
    "assets": re.compile(r"asset/"),
}


def hit_ratios(spent: Counters, kinds: Mapping[str, Kind]) -> dict[str, float]:
    """The share of requests that each layer answered by itself; a layer nobody asked is left out.

    `kinds` is Locust's count by name. What the edge did is in its answers; what the stores did, in their
    own counters.
    """
    ratios: dict[str, float] = {}
    for layer, names in ASKED_OF_THE_EDGE.items():
        of_layer = [kind for name, kind in kinds.items() if names.match(name)]
        if answered := sum(kind.ok for kind in of_layer):
            ratios[layer] = sum(kind.edge_hits for kind in of_layer) / answered
    for store in ("redis", "memcached"):
        hits, misses = (spent.counts.get(f"{store}.{what}", 0) for what in ("hits", "misses"))
        if hits + misses:
            ratios[store] = hits / (hits + misses)
    return ratios
