"""The load's figures for Prometheus, at `/metrics` of Locust's own web page.

Failed requests are counted apart and are in no latency, as in the benchmark's records (users.recorder).
"""

from __future__ import annotations

from typing import Any

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

# Seconds: a page that the edge keeps, one of kept parts, one that is computed, and ever slower.
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class LoadMetrics:
    """Counts what Locust's `request` event tells. kind: `category/what`, the names in users.visitor,
    which are a closed set; of latencies only the category, for each has all the buckets."""

    def __init__(self, environment: Any) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "locust_requests_total",
            "Requests that were answered as expected.",
            ["kind"],
            registry=self.registry,
        )
        self._failures = Counter(
            "locust_failures_total",
            "Requests that were not answered, or not as expected.",
            ["kind"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "locust_response_seconds",
            "Seconds from asking to the whole answer, of good answers.",
            ["category"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        users = Gauge("locust_users", "Visitors at work now.", registry=self.registry)
        users.set_function(lambda: environment.runner.user_count if environment.runner else 0)
        environment.events.request.add_listener(self.on_request)
        if environment.web_ui:
            environment.web_ui.app.add_url_rule("/metrics", "metrics", self.page)

    def on_request(
        self, name: str, response_time: float, exception: BaseException | None, **_: Any
    ) -> None:
        """One request; response_time in milliseconds."""
        if exception is not None:
            self._failures.labels(name).inc()
            return
        self._requests.labels(name).inc()
        self._seconds.labels(name.partition("/")[0]).observe(response_time / 1000)

    def page(self) -> tuple[bytes, dict[str, str]]:
        """What Flask answers with."""
        return generate_latest(self.registry), {"Content-Type": CONTENT_TYPE_LATEST}
