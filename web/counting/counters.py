"""The counts, as Prometheus and the benchmark read them (`/metrics`; the relay writes its own down)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from prometheus_client import Counter

WATCHED = Counter(
    "counting_watched_total",
    "Requests of machines that watch. what: up (the load balancer and Docker ask), metrics (whoever reads "
    "these figures). All others are in django_http_requests_total (config/request_metrics.py).",
    ["what"],
)
QUERIES = Counter(
    "counting_queries_total",
    "Statements sent to the database. by: request, beside (threads of the process' own, such as the "
    "watch on the outbox). Beginnings and ends of transactions are not among them.",
    ["by"],
)
BUCKET_CALLS = Counter("counting_bucket_calls_total", "Requests sent to the bucket, retries too.")

# Looked up once: that costs as much as counting.
_of_requests = QUERIES.labels("request")

# Django sends them by way of cursors, too; the database's own books have them apart.
TRANSACTIONS = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


class _Under(threading.local):
    """This thread's queries since its request began; None while it is answering none."""

    queries: int | None = None


_under = _Under()


def begin() -> None:
    """A request begins in this thread."""
    _under.queries = 0


def end() -> None:
    """It was answered. Its queries are counted at once, since each count of its own would cost a
    microsecond."""
    made, _under.queries = _under.queries, None
    if made:
        _of_requests.inc(made)


def count_query(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """A wrapper of Django's database instrumentation. It counts what is sent, also where that fails."""
    if not sql.startswith(TRANSACTIONS):
        _add(len(params) if many and isinstance(params, Sequence) else 1)
    return execute(sql, params, many, context)


def _add(queries: int) -> None:
    if _under.queries is None:
        QUERIES.labels("beside").inc(queries)
    else:
        _under.queries += queries


def count_bucket_call(**_: Any) -> None:
    """A handler of botocore's `before-send`; None lets it send."""
    BUCKET_CALLS.inc()
