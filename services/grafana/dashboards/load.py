"""What the visitors of Locust's own page make, and how long they wait: empty while it does not run."""

from grafana_foundation_sdk.builders.dashboard import Dashboard, Row

from .panels import BYTES, COUNT, PER_SECOND, SECONDS, SHARE, Query, frame, lines


def _percentile(quantile: float, by: str = "le") -> str:
    seconds = f"sum by ({by}) (rate(locust_response_seconds_bucket[1m]))"
    return f"histogram_quantile({quantile}, {seconds})"


def dashboard() -> Dashboard:
    """The reader's side; and whether the load generator itself is the limit."""
    return (
        frame("load", "5 Load and latency", "Locust's visitors (./scripts/lab load).")
        .with_row(Row("Visitors"))
        .with_panel(lines("Visitors", "At work now.", COUNT, Query("locust_users", "visitors")))
        .with_panel(
            lines(
                "Requests",
                "Answered as expected, by what was asked for.",
                PER_SECOND,
                Query("sum by (kind) (rate(locust_requests_total[1m]))", "{{kind}}"),
                stacked=True,
            )
        )
        .with_panel(
            lines(
                "Latency",
                "From asking to the whole answer, of good answers. Each visitor waits for its answer before "
                "it asks again, so a slow site is asked less: the benchmark's fixed rates do not have this.",
                SECONDS,
                Query(_percentile(0.5), "median"),
                Query(_percentile(0.95), "95 %"),
                Query(_percentile(0.99), "99 %"),
            )
        )
        .with_panel(
            lines(
                "Latency by category, 95 %",
                "page: everybody's. member: with parts of one's own. personal: nobody else's. asset: a file.",
                SECONDS,
                Query(_percentile(0.95, by="category, le"), "{{category}}"),
            )
        )
        .with_panel(
            lines(
                "Failures",
                "Not answered, or not as expected: they are in no latency.",
                PER_SECOND,
                Query("sum(rate(locust_failures_total[1m])) or vector(0)", "failures"),
            )
        )
        .with_panel(
            lines(
                "Share of the requests that Django had to answer",
                "Health checks are in neither.",
                SHARE,
                Query(
                    "sum(web:requests:rate1m)"
                    ' / (sum(avg_over_time(layer:requests:rate30s{layer="varnish"}[1m])) > 0)',
                    "reached Django",
                ),
            )
        )
        .with_row(Row("The machine"))
        .with_panel(
            lines(
                "Cores busy",
                "Where all are, more visitors only wait longer; where Locust's is one, Locust is the limit.",
                COUNT,
                Query("machine:cpu_cores:rate30s", "busy"),
                Query("machine:cpu_cores:count", "there are"),
                Query('service:cpu_cores:rate30s{service="locust"}', "Locust"),
            )
        )
        .with_panel(
            lines(
                "Memory",
                "Of the machine.",
                BYTES,
                Query("node_memory_MemTotal_bytes", "there is"),
                Query("node_memory_MemAvailable_bytes", "available"),
            )
        )
    )
