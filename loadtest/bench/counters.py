"""What each server says it did: read before and after a run, and subtracted.

Parsing only; `bench.stack` fetches the texts. Nothing here knows what a good value is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import msgspec

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


def hit_ratios(spent: Counters, asked: Mapping[str, int]) -> dict[str, float]:
    """The share of requests that each layer answered by itself; a layer nobody asked is left out.

    `asked` is Locust's count by category. At the edge a hit is a request that Varnish did not have to
    fetch: pages that are one person's, their parts of others, and writes are fetched always, and not
    counted as misses.
    """
    counts = spent.counts
    always = asked.get("personal", 0) + asked.get("write", 0) + counts.get("varnish.parts", 0)
    pages = asked.get("page", 0) + asked.get("member", 0) + asked.get("feed", 0)
    ratios: dict[str, float] = {}
    if pages and "varnish.fetched_pages" in counts:
        ratios["pages"] = 1 - _clamp((counts["varnish.fetched_pages"] - always) / pages)
    if asked.get("asset") and "varnish.fetched_objects" in counts:
        ratios["assets"] = 1 - _clamp(counts["varnish.fetched_objects"] / asked["asset"])
    for store in ("redis", "memcached"):
        hits, misses = counts.get(f"{store}.hits", 0), counts.get(f"{store}.misses", 0)
        if hits + misses:
            ratios[store] = hits / (hits + misses)
    return ratios


def _clamp(share: float) -> float:
    return min(1.0, max(0.0, share))
