"""CPU time of containers, from what the engine says of their control groups.

The engine reads version 1 (`cpuacct.usage`, `cpu.stat`) and version 2 (`cpu.stat` alone) and gives both
in nanoseconds under the same names, so nothing here has to tell them apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec


class Used(msgspec.Struct, frozen=True):
    """Nanoseconds since a container's start. throttled: kept from running by a limit of its own."""

    cpu: int
    throttled: int


def started_ms(container: Mapping[str, Any]) -> int:
    """When a container was started, in milliseconds of the epoch: its CPU counts from there. From one answer
    of `GET /containers/ID/json`."""
    return int(1000 * datetime.fromisoformat(container["State"]["StartedAt"]).timestamp())


def used(stats: Mapping[str, Any]) -> Used:
    """From one answer of `GET /containers/ID/stats`."""
    cpu = stats["cpu_stats"]
    throttling = cpu.get("throttling_data") or {}
    return Used(cpu["cpu_usage"]["total_usage"], throttling.get("throttled_time", 0))
