from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from .counters import count_query


class CountingConfig(AppConfig):
    """Counts of requests, queries and calls of the bucket."""

    name = "counting"

    def ready(self) -> None:
        connection_created.connect(count_queries_of, dispatch_uid="counting")


def count_queries_of(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """A thread's connection object outlives what it borrows from the pool, for which this is sent
    again and again."""
    if count_query not in connection.execute_wrappers:
        connection.execute_wrappers.append(count_query)
