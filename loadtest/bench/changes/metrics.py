"""The figures of a run that can be compared, by the names that the command line takes."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan

import msgspec

from bench.counters import PATH, on_path
from bench.result import Run
from users.histogram import percentile


class Metric(msgspec.Struct, frozen=True):
    """`of` is None where the run does not have it. `more_is_worse`: which way is down."""

    name: str
    label: str
    of: Callable[[Run], float | None]
    more_is_worse: bool
    limited: bool = False
    """Whether the load generator may be its limit."""

    @property
    def is_cpu(self) -> bool:
        return self.name.partition(".")[0] == "cpu"

    @property
    def is_of_a_service(self) -> bool:
        return self.name.startswith("cpu.")


def _latency(share: float) -> Callable[[Run], float | None]:
    def of(run: Run) -> float | None:
        histogram = {int(edge): count for edge, count in run.load.histogram_us.items()}
        value = percentile(histogram, share)
        return None if isnan(value) else value

    return of


def _of(service: str) -> Callable[[Run], float | None]:
    return lambda run: run.cpu_ms.get(service) or None


METRICS = {
    metric.name: metric
    for metric in (
        Metric("cpu", "CPU ms per request", lambda run: on_path(run.cpu_ms) or None, True),
        Metric(
            "throughput",
            "requests/s",
            lambda run: run.load.requests_per_second or None,
            False,
            limited=True,
        ),
        Metric("median", "median ms", _latency(0.5), True),
        Metric("p95", "p95 ms", _latency(0.95), True),
        Metric("p99", "p99 ms", _latency(0.99), True),
        *(Metric(f"cpu.{name}", f"CPU ms of {name} per request", _of(name), True) for name in PATH),
    )
}
