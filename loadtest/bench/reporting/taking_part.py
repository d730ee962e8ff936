"""Which services had a part in answering a variant's requests.

A service's share of the CPU does not tell: where caches make a request cheap, what idle services do by
themselves is several per cent of it. What they do in a second is little whatever the load.
"""

from __future__ import annotations

from bench.counters import PATH
from bench.reporting.lines import Line

ASKED = 0.01
"""A service that so many of a visitor's requests led on to had a part in them."""

CORE = 0.02
"""So had one, such as the relay, whose requests nobody counts, if it used so much of a core."""


def services(line: Line) -> frozenset[str]:
    """Of those on the path."""
    asked = {hop.target for hop in line.flow.hops if (hop.per_request or 0.0) >= ASKED}
    rate = line.row.requests_per_second
    busy = {name for name, ms in line.row.cpu_ms.items() if ms * rate / 1000 >= CORE}
    return frozenset((asked | busy) & set(PATH))
