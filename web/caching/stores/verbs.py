"""What stores are given and give back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .. import metrics

Sets = Mapping[str, tuple[bytes, int]]
"""Values to put, by key, each with its lifetime in seconds."""

Adds = Sets
"""Values to put only where the key is free."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """added: the keys that were free. found: what was there afterwards."""

    added: frozenset[str]
    found: Mapping[str, bytes]


def count(server: str, what: str, commands: Mapping[str, int]) -> None:
    """One round trip, and how many of which commands were in it, as the server counts them."""
    metrics.of(metrics.ROUND_TRIPS, server, what).inc()
    for command, times in commands.items():
        metrics.of(metrics.COMMANDS, server, command).inc(times)
