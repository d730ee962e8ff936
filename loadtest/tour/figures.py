"""What was measured at a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bench import counters
from bench.counters import Counters
from bench.judging.load import GENERATOR_LIMIT
from bench.result import Load


@dataclass(frozen=True, slots=True)
class Figures:
    """at_least: Locust, and not the stack, was the limit of the requests per second. cpu_ms: of each
    service for one request, {} where it could not be counted. hits: the share that each layer answered by
    itself, by the layers' names in the benchmark. stale, checked: answers."""

    requests: int
    failures: int
    per_second: float
    at_least: bool
    median_ms: float | None
    p99_ms: float | None
    cpu_ms: Mapping[str, float]
    hits: Mapping[str, float]
    stale: int
    checked: int

    @property
    def cpu(self) -> float | None:
        """CPU milliseconds of one request, of all services that it may pass through."""
        return counters.on_path(self.cpu_ms) if self.cpu_ms else None


def of(load: Load, before: Counters, after: Counters) -> Figures:
    spent = counters.delta(before, after)
    return Figures(
        requests=load.requests,
        failures=load.failures,
        per_second=load.requests_per_second,
        at_least=load.core_share > GENERATOR_LIMIT,
        median_ms=load.latency_ms.median,
        p99_ms=load.latency_ms.p99,
        cpu_ms=counters.cpu_ms_per_request(spent, load.answered) if spent.cpu_ns else {},
        hits=counters.hit_ratios(spent, load.kinds),
        stale=load.truth.stale,
        checked=load.truth.checked,
    )
