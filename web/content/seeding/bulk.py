"""Filling empty tables quickly: indexes and foreign keys are made once, at the end.

Keeping them up row by row takes Postgres ten times as long as copying the rows. It all happens
in the caller's transaction: a failure leaves every index where it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection
from django.db.models import Model

Statements = list[tuple[str, str]]

# What a constraint or an index is taken away with, and what brings it back. Unique ones stay.
FOREIGN_KEYS = """
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
           format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s',
                  conrelid::regclass, conname, pg_get_constraintdef(oid))
      FROM pg_constraint
     WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])
     ORDER BY conrelid, conname
"""
INDEXES = """
    SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
      FROM pg_index
     WHERE NOT indisunique AND indrelid = ANY(%s::regclass[])
     ORDER BY indexrelid
"""


@contextmanager
def filling(models: Sequence[type[Model]]) -> Iterator[None]:
    """Within it the tables of these models have no indexes but unique ones, and no foreign keys.

    Only where all are empty: others could not read them meanwhile.
    """
    if connection.vendor != "postgresql" or any(m._default_manager.exists() for m in models):
        yield
        return
    names = [connection.ops.quote_name(model._meta.db_table) for model in models]
    foreign_keys, indexes = _found(FOREIGN_KEYS, names), _found(INDEXES, names)
    _execute([drop for drop, _ in foreign_keys + indexes])
    yield
    # For this transaction only.
    _execute(["SET LOCAL maintenance_work_mem = '256MB'"])
    _execute([make for _, make in indexes + foreign_keys])


def _found(query: str, tables: list[str]) -> Statements:
    with connection.cursor() as cursor:
        cursor.execute(query, [tables])
        return list(cursor.fetchall())


def _execute(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
