"""How many requests the services would carry, from the CPU that one request costs each of them.

An upper bound: it supposes that a core can be kept busy to the last, that what a request costs does not
grow with load, and that nothing but CPU is short.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

import msgspec

from bench.counters import PATH

NEGLIGIBLE_MS = 0.0005
"""Below this a service did next to nothing for the load: what it used it used by itself."""


class Capacity(msgspec.Struct, frozen=True):
    """Requests/s that a number of cores carries, and the service that is the first to be short of them."""

    requests_per_second: float
    bottleneck: str


def per_core(cpu_ms: Mapping[str, float]) -> dict[str, float]:
    """Requests/s that one core of each service on the path would carry; cpu_ms: per request."""
    return {
        service: 1000 / ms
        for service, ms in cpu_ms.items()
        if service in PATH and ms >= NEGLIGIBLE_MS
    }


def shared(cpu_ms: Mapping[str, float], cores: float) -> Capacity | None:
    """Of services that share so many cores; the bottleneck is what uses most of them. None where none
    of them did anything. Raises ValueError without cores."""
    _need(cores)
    spent = {service: 1000 / carried for service, carried in per_core(cpu_ms).items()}
    if not spent:
        return None
    return Capacity(
        1000 * cores / sum(spent.values()), max(spent, key=lambda name: (spent[name], name))
    )


def apart(cpu_ms: Mapping[str, float], cores: Mapping[str, float]) -> Capacity | None:
    """Of services that each have cores of their own, such as replicas of one core each.

    A service that is not in `cores` is never short of them. None where none in it did anything.
    """
    for own in cores.values():
        _need(own)
    carried = {name: each * cores.get(name, inf) for name, each in per_core(cpu_ms).items()}
    short = min(carried, key=lambda name: (carried[name], name), default=None)
    if short is None or carried[short] == inf:
        return None
    return Capacity(carried[short], short)


def _need(cores: float) -> None:
    if not cores > 0:
        raise ValueError(f"{cores} cores carry nothing: accepted are numbers above 0")
