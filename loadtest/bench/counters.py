"""What the servers say they did: read before and after a run, and subtracted.

How each of them is read is in `bench.measuring`. Nothing here knows what a good value is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from bench.result import Kind

PATH = ("varnish", "nginx", "web", "relay", "postgres", "redis", "memcached", "minio", "partner")
"""The services a request may pass through; the others (exporters, console) only watch."""


class Counters(msgspec.Struct, frozen=True):
    """Counters at one moment: `cpu_ns` by service, the rest as `server.what`, all only ever growing.

    `server.read_ms` is when a server was read, on a steady clock of this machine's.
    """

    cpu_ns: dict[str, int] = {}
    counts: dict[str, int] = {}


def delta(before: Counters, after: Counters) -> Counters:
    """What happened in between. A service that came or went in between is left out; what had not been
    counted before, such as a command that nobody had sent yet, had been counted 0 times."""
    cpu = before.cpu_ns
    return Counters(
        cpu_ns={name: ns - cpu[name] for name, ns in after.cpu_ns.items() if name in cpu},
        counts={name: n - before.counts.get(name, 0) for name, n in after.counts.items()},
    )


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
