"""Whether a result can show what a lifetime costs in truth."""

from __future__ import annotations

from collections.abc import Sequence

from bench.reporting.lines import Line

LIFETIME = ("LAB_FRESHNESS", "LAB_TTL")
"""The toggles that say how an entry dies."""


def tells_of_lifetimes(lines: Sequence[Line]) -> bool:
    """Variants whose entries die differently, each of whose reads were checked."""
    ways = {
        tuple(line.runs[-1].toggles.get(name) for name in LIFETIME)
        for line in lines
        if line.truth.checked
    }
    return len(ways) > 1
