"""What visitors asked Varnish for, and what became of it.

Its own hits, misses and passes count looks into the cache, and a request may have several: a page that was
fetched and kept is looked up again (varnish/features/purge.vcl), one that is kept and in doubt is fetched all
the same, and each part of a page is a request of its own (varnish/features/esi.vcl), which is always passed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Count = Callable[[str], float | None]
"""A counter of MAIN, or its rate, by its name; None where it is not known."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Requests, or requests a second. Health checks and purges are in none of these, nor is what Varnish
    refused: all that it answers by itself."""

    requests: float | None = None
    hits: float | None = None
    misses: float | None = None
    passes: float | None = None


COUNTED = ("client_req", "s_synth", "s_pipe", "s_pass", "esi_req", "cache_miss")


def outcomes(count: Count) -> Outcomes:
    """The rule of the same figures in Prometheus is in services/prometheus/rules/recording.yml."""
    asked = {name: count(f"varnish_main_{name}") for name in COUNTED}
    known = {name: value for name, value in asked.items() if value is not None}
    if len(known) < len(asked):
        return Outcomes()
    # Counters are read one after the other: a request under way may be in one and not yet in the next.
    requests = max(0.0, known["client_req"] - known["s_synth"] - known["s_pipe"])
    passes = max(0.0, known["s_pass"] - known["esi_req"])
    misses = known["cache_miss"]
    return Outcomes(requests, max(0.0, requests - misses - passes), misses, passes)
