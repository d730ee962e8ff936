"""Varnish and what ends its copies: purges and the outbox behind them; and the store of objects."""

from grafana_foundation_sdk.builders.dashboard import Dashboard, Row

from .panels import (
    BYTES_PER_SECOND,
    COUNT,
    OPERATIONS,
    PER_SECOND,
    SECONDS,
    SHARE,
    Query,
    frame,
    lines,
)


def dashboard() -> Dashboard:
    """What the edge kept, what it could not keep, and how fast it hears of writes."""
    return (
        frame("downstream", "2 Downstream", "Varnish, its purges, and the object store.")
        .with_row(Row("What Varnish did"))
        .with_panel(
            lines(
                "Lookups",
                "Hits were kept; misses were fetched and may be kept; passes are nobody else's "
                "(members' own parts, writes) and never are.",
                PER_SECOND,
                Query('cache:hits:rate30s{cache="varnish"}', "hits"),
                Query('cache:misses:rate30s{cache="varnish"}', "misses"),
                Query("cache:passes:rate30s", "passes"),
                stacked=True,
            )
        )
        .with_panel(
            lines(
                "Hit ratio, and old copies shown",
                "An old copy is shown while one request fetches a new one, or while none can be had.",
                SHARE,
                Query('cache:hit_ratio:rate1m{cache="varnish"}', "hit ratio"),
                Query('cache:stale_ratio:rate1m{cache="varnish"}', "old, of the hits"),
            )
        )
        .with_panel(
            lines(
                "Fetches",
                "By backend: site is nginx with Django behind it, store is MinIO.",
                PER_SECOND,
                Query("backend:requests:rate30s", "{{backend}}"),
            )
        )
        .with_panel(
            lines(
                "Fetches that could not be made",
                "No connection, or the backend was known to be down.",
                PER_SECOND,
                Query(
                    "sum by (backend) (rate(varnish_backend_fail[1m]) + rate(varnish_backend_unhealthy[1m]))",
                    "{{backend}}",
                ),
            )
        )
        .with_panel(
            lines(
                "Objects kept",
                "Pages and files, with all their variants.",
                COUNT,
                Query("varnish_main_n_object", "objects"),
            )
        )
        .with_panel(
            lines(
                "Thrown away to make room",
                "Copies that had not ended. None, while the cache is large enough.",
                OPERATIONS,
                Query('cache:evictions:rate1m{cache="varnish"}', "evicted"),
            )
        )
        .with_row(Row("What ends its copies"))
        .with_panel(
            lines(
                "Purges",
                "Sent by the writers themselves, and by the relay for those that could not.",
                OPERATIONS,
                Query(
                    'sum(rate(caching_purges_total{outcome="done"}[1m])) or vector(0)', "delivered"
                ),
                Query(
                    'sum(rate(caching_purges_total{outcome="failed"}[1m])) or vector(0)', "failed"
                ),
            )
        )
        .with_panel(
            lines(
                "Owed",
                "Invalidations in the outbox: written with the change, not yet delivered.",
                COUNT,
                Query("max(caching_outbox_pending)", "invalidations"),
                width=6,
            )
        )
        .with_panel(
            lines(
                "Age of the oldest",
                "So long may a reader be shown what was changed.",
                SECONDS,
                Query("max(caching_outbox_oldest_seconds)", "age"),
                width=6,
            )
        )
        .with_row(Row("The store of objects"))
        .with_panel(
            lines(
                "Requests of MinIO",
                "Static files, photographs and clips that Varnish did not have, and uploads.",
                PER_SECOND,
                Query("sum(rate(minio_s3_requests_total[1m]))", "requests"),
            )
        )
        .with_panel(
            lines(
                "Sent by MinIO",
                "Bytes that Varnish had to fetch.",
                BYTES_PER_SECOND,
                Query("sum(rate(minio_s3_traffic_sent_bytes[1m]))", "sent"),
            )
        )
    )
