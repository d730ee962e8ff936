"""What is left to do when every cache was asked: Django's views, and the database behind them."""

from grafana_foundation_sdk.builders.dashboard import Dashboard, Row

from .panels import (
    COUNT,
    MILLISECONDS,
    OPERATIONS,
    PER_SECOND,
    SECONDS,
    SHARE,
    Query,
    frame,
    lines,
)


def _percentile(quantile: float) -> str:
    seconds = "sum by (le) (rate(django_http_request_seconds_bucket[1m]))"
    return f"histogram_quantile({quantile}, {seconds})"


def dashboard() -> Dashboard:
    """Requests, seconds and queries; and what one request costs."""
    return (
        frame("django", "4 Django and database", "The work that no cache took away.")
        .with_row(Row("Django"))
        .with_panel(
            lines(
                "Requests by status",
                "Of all replicas; health checks are not among them.",
                PER_SECOND,
                Query("web:requests:rate1m", "{{status}}"),
                stacked=True,
            )
        )
        .with_panel(
            lines(
                "Requests by group of views",
                "A group is a module of views; `none` is an address that does not exist.",
                PER_SECOND,
                Query("sum by (group) (rate(django_http_requests_total[1m]))", "{{group}}"),
                stacked=True,
            )
        )
        .with_panel(
            lines(
                "Mean time by group of views",
                "From the first middleware to the response.",
                SECONDS,
                Query(
                    "sum by (group) (rate(django_http_request_seconds_sum[1m]))"
                    " / (sum by (group) (rate(django_http_request_seconds_count[1m])) > 0)",
                    "{{group}}",
                ),
            )
        )
        .with_panel(
            lines(
                "Percentiles of time",
                "Estimates between the few limits that are counted (10, 50, 250 ms, 1 and 5 s).",
                SECONDS,
                Query(_percentile(0.5), "median"),
                Query(_percentile(0.95), "95 %"),
                Query(_percentile(0.99), "99 %"),
            )
        )
        .with_panel(
            lines(
                "CPU for one request",
                "Of web and of Postgres, for each request that reached Django: what a hit before it saves.",
                MILLISECONDS,
                Query(
                    '1000 * avg_over_time(service:cpu_cores:rate30s{service="web"}[1m])'
                    " / scalar(sum(web:requests:rate1m) > 0)",
                    "web",
                ),
                Query(
                    '1000 * avg_over_time(service:cpu_cores:rate30s{service="postgres"}[1m])'
                    " / scalar(sum(web:requests:rate1m) > 0)",
                    "postgres",
                ),
            )
        )
        .with_panel(
            lines(
                "Replicas",
                "Those that give their figures.",
                COUNT,
                Query("web:replicas:count", "replicas"),
            )
        )
        .with_row(Row("Database"))
        .with_panel(
            lines(
                "Transactions",
                "Each query of Django's is one, where it opened none itself.",
                OPERATIONS,
                Query("sum(rate(pg_stat_database_xact_commit[1m]))", "committed"),
                Query("sum(rate(pg_stat_database_xact_rollback[1m]))", "rolled back"),
            )
        )
        .with_panel(
            lines(
                "Rows",
                "Read, and of these the ones that were wanted: far apart, an index is missing.",
                OPERATIONS,
                Query("sum(rate(pg_stat_database_tup_returned[1m]))", "read"),
                Query("sum(rate(pg_stat_database_tup_fetched[1m]))", "fetched"),
            )
        )
        .with_panel(
            lines(
                "Pages found in Postgres' own memory",
                "The last cache before the disk.",
                SHARE,
                Query(
                    "sum(rate(pg_stat_database_blks_hit[1m])) / (sum(rate(pg_stat_database_blks_hit[1m]))"
                    " + sum(rate(pg_stat_database_blks_read[1m])) > 0)",
                    "found",
                ),
            )
        )
        .with_panel(
            lines(
                "Connections and deadlocks",
                "Connections open now; deadlocks in the last five minutes.",
                COUNT,
                Query("sum(pg_stat_database_numbackends)", "connections"),
                Query("sum(increase(pg_stat_database_deadlocks[5m]))", "deadlocks"),
            )
        )
    )
