"""Rows into tables: by COPY where the database has it, else by bulk_create."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Max, Model

Row = tuple[Any, ...]
BATCH = 2_000


def insert(model: type[Model], columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Adds the rows, whose values are in the columns' order; how many there were.

    What yields them must not query: a connection that is copying would wait for itself.
    """
    if connection.vendor == "postgresql":
        return _copy(model, columns, rows)
    return _bulk_create(model, columns, rows)


def next_id(model: type[Model]) -> int:
    highest: int | None = model._default_manager.aggregate(highest=Max("pk"))["highest"]
    return (highest or 0) + 1


def lock(models: Sequence[type[Model]]) -> None:
    """Keeps others from adding rows, whose primary keys would be ours, until we commit."""
    if connection.vendor == "postgresql":
        names = ", ".join(_quoted(model) for model in models)
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")


def finish(models: Sequence[type[Model]]) -> None:
    """Sequences go on after the keys we gave; the planner learns how much there is now."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models)):
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            cursor.execute(f"ANALYZE {', '.join(_quoted(model) for model in models)}")


def _copy(model: type[Model], columns: Sequence[str], rows: Iterable[Row]) -> int:
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    count = 0
    with (
        connection.execute_wrapper(_refuse),
        connection.cursor() as cursor,
        cursor.copy(f"COPY {_quoted(model)} ({names}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def _refuse(_execute: object, sql: str, *_: object) -> None:
    raise RuntimeError(f"a query while rows are copied would never end: {sql[:80]}")


def _bulk_create(model: type[Model], columns: Sequence[str], rows: Iterable[Row]) -> int:
    count = 0
    for batch in _batches(iter(rows)):
        made = [model(**dict(zip(columns, row, strict=True))) for row in batch]
        model._default_manager.bulk_create(made)
        count += len(made)
    return count


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _quoted(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
