"""The path of a request: how much each layer is asked, what it keeps from the next, what it costs."""

from grafana_foundation_sdk.builders.dashboard import Dashboard, Row

from .panels import BYTES, COUNT, OPERATIONS, PER_SECOND, SHARE, Query, frame, lines, number


def dashboard() -> Dashboard:
    """One page to leave open while layers are switched."""
    return (
        frame("overview", "1 Overview", "The path of a request, layer by layer.")
        .with_row(Row("Now"))
        .with_panel(
            number(
                "Varnish",
                "Requests that readers make.",
                PER_SECOND,
                Query('layer:requests:rate30s{layer="varnish"}', "requests"),
            )
        )
        .with_panel(
            number(
                "Django",
                "Requests that no layer before Django answered, of all replicas.",
                PER_SECOND,
                Query("sum(web:requests:rate1m)", "requests"),
            )
        )
        .with_panel(
            number(
                "Postgres",
                "Transactions committed.",
                OPERATIONS,
                Query('layer:requests:rate30s{layer="postgres"}', "transactions"),
            )
        )
        .with_panel(
            number(
                "Django's replicas",
                "Those that give their figures.",
                COUNT,
                Query("web:replicas:count", "replicas"),
            )
        )
        .with_panel(
            number(
                "Alerts",
                "How many fire; Prometheus' own page, /alerts, says which and what to do.",
                COUNT,
                Query('count(ALERTS{alertstate="firing"}) or vector(0)', "firing"),
                alarming=1,
            )
        )
        .with_panel(
            number(
                "Errors",
                "The share of Django's answers with a status of 500 or more.",
                SHARE,
                Query(
                    '(sum(web:requests:rate1m{status="5xx"}) or vector(0)) / sum(web:requests:rate1m)',
                    "5xx",
                ),
                alarming=0.01,
            )
        )
        .with_row(Row("The path"))
        .with_panel(
            lines(
                "Asked of each layer",
                "Where a line is far below the one before it, that layer is spared. Redis and Memcached "
                "count commands, Postgres transactions.",
                PER_SECOND,
                Query("layer:requests:rate30s", "{{layer}}"),
            )
        )
        .with_panel(
            lines(
                "Hit ratio of each cache",
                "Of the lookups in which a value could have been there. Nobody asks: no line.",
                SHARE,
                Query("cache:hit_ratio:rate1m", "{{cache}}"),
            )
        )
        .with_panel(
            lines(
                "What Varnish had to fetch",
                "site is nginx with Django behind it, store is MinIO.",
                PER_SECOND,
                Query("backend:requests:rate30s", "{{backend}}"),
            )
        )
        .with_panel(
            lines(
                "Hits of each cache",
                "What the layers behind did not have to do.",
                PER_SECOND,
                Query("cache:hits:rate30s", "{{cache}}"),
            )
        )
        .with_row(Row("What it costs"))
        .with_panel(
            lines(
                "CPU by service",
                "Cores: 1 is one core busy all the time. `rest` is all else on this machine.",
                COUNT,
                Query("service:cpu_cores:rate30s", "{{service}}"),
                stacked=True,
            )
        )
        .with_panel(
            lines(
                "Memory by service",
                "Held by the service's containers, files' cache included.",
                BYTES,
                Query("lab_service_memory_bytes", "{{service}}"),
                stacked=True,
            )
        )
    )
