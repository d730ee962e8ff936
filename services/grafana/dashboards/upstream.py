"""The upstream cache, policy by policy, and the two servers that may hold it."""

from grafana_foundation_sdk.builders.dashboard import Dashboard, Row

from .panels import (
    BYTES,
    BYTES_PER_SECOND,
    COUNT,
    OPERATIONS,
    SECONDS,
    SHARE,
    Query,
    frame,
    lines,
)


def dashboard() -> Dashboard:
    """Which declared policy earns its place, and why others miss."""
    return (
        frame("upstream", "3 Upstream by policy", "What each caching policy of Django did.")
        .with_row(Row("Policies"))
        .with_panel(
            lines(
                "Lookups",
                "By policy, of all replicas.",
                OPERATIONS,
                Query("policy:lookups:rate1m", "{{policy}}"),
            )
        )
        .with_panel(
            lines(
                "Hit ratio",
                "By policy. A value that had aged is a miss, though it may be shown.",
                SHARE,
                Query("policy:hit_ratio:rate1m", "{{policy}}"),
            )
        )
        .with_panel(
            lines(
                "Misses by reason",
                "absent: never kept, or evicted. invalidated: its data changed. aged: its time was over. "
                "doubted, lapsed: it might be old, and is not believed.",
                OPERATIONS,
                Query("sum by (reason) (rate(caching_misses_total[1m]))", "{{reason}}"),
                stacked=True,
            )
        )
        .with_panel(
            lines(
                "Computations",
                "By policy: what the misses cost, in number.",
                OPERATIONS,
                Query("policy:recomputes:rate1m", "{{policy}}"),
            )
        )
        .with_panel(
            lines(
                "Time in computations",
                "Seconds in each second, by policy: what the cache saves most on is what to keep.",
                SECONDS,
                Query("sum by (policy) (rate(caching_recompute_seconds_sum[1m]))", "{{policy}}"),
                stacked=True,
            )
        )
        .with_panel(
            lines(
                "Waits for another's computation",
                "Many at once are a stampede that was held back; who gave up computed by itself.",
                OPERATIONS,
                Query('sum(policy:waits:rate1m{outcome="got"}) or vector(0)', "got it"),
                Query('sum(policy:waits:rate1m{outcome="gave_up"}) or vector(0)', "gave up"),
            )
        )
        .with_panel(
            lines(
                "Bytes read and written",
                "Of entries that were believed, and of entries put in the store.",
                BYTES_PER_SECOND,
                Query("sum(rate(caching_read_bytes_total[1m]))", "read"),
                Query("sum(rate(caching_written_bytes_total[1m]))", "written"),
            )
        )
        .with_panel(
            lines(
                "Aged, refused, failed",
                "Aged values shown; values computed and not kept; calls that the store did not answer.",
                OPERATIONS,
                Query("sum(policy:stale:rate1m) or vector(0)", "aged"),
                Query("sum(rate(caching_refused_total[1m])) or vector(0)", "not kept"),
                Query("sum(rate(caching_errors_total[1m])) or vector(0)", "calls failed"),
            )
        )
        .with_row(Row("Servers"))
        .with_panel(
            lines(
                "Commands",
                "Only one of them is asked at a time: LAB_UPSTREAM says which.",
                OPERATIONS,
                Query('layer:requests:rate30s{layer=~"redis|memcached"}', "{{layer}}"),
            )
        )
        .with_panel(
            lines(
                "Evictions",
                "Entries thrown away to make room, before they ended.",
                OPERATIONS,
                Query('cache:evictions:rate1m{cache=~"redis|memcached"}', "{{cache}}"),
            )
        )
        .with_panel(
            lines(
                "Memory",
                "Used, and what it may use.",
                BYTES,
                Query("redis_memory_used_bytes", "Redis"),
                Query("redis_memory_max_bytes", "Redis may"),
                Query("memcached_current_bytes", "Memcached"),
                Query("memcached_limit_bytes", "Memcached may"),
            )
        )
        .with_panel(
            lines(
                "Entries",
                "Stamps and claims, which are small, are among them.",
                COUNT,
                Query("sum(redis_db_keys)", "Redis"),
                Query("memcached_current_items", "Memcached"),
            )
        )
    )
