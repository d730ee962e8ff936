"""Which statements Postgres spends its time on, from pg_stat_statements."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import NamedTuple

import psycopg

from .table import Cell, Table, Unavailable, table

SECONDS = 2.0  # between two looks; what grew in between is told
# The texts hold $1 in place of values. What this looks up itself is left out.
READ = """
SELECT s.queryid, s.query, s.calls, s.total_exec_time, s.rows
FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
WHERE d.datname = current_database() AND s.query NOT LIKE '%pg_stat_%' AND s.queryid IS NOT NULL
"""


class Spent(NamedTuple):
    """milliseconds, rows: in all of its calls."""

    query: str
    calls: int
    milliseconds: float
    rows: int


Found = Mapping[int, Spent]


def look(environ: Mapping[str, str] = os.environ) -> Table:
    """Raises Unavailable."""
    try:
        with psycopg.connect(
            host=environ.get("PGHOST", "postgres"),
            dbname="lab",
            user="lab",
            password=environ.get("PGPASSWORD", ""),
            connect_timeout=2,
            autocommit=True,
            options="-c statement_timeout=2000",
        ) as connection:
            before, began = _read(connection), time.monotonic()
            time.sleep(SECONDS)
            after, seconds = _read(connection), time.monotonic() - began
    except psycopg.Error as error:
        raise Unavailable("Postgres gives no answer") from error
    return grown(before, after, seconds)


def _read(connection: psycopg.Connection[tuple[int, str, int, float, int]]) -> Found:
    found: dict[int, Spent] = {}
    for number, query, calls, milliseconds, rows in connection.execute(READ):
        had = found.get(number, Spent(query, 0, 0.0, 0))
        sums = (had.calls + calls, had.milliseconds + milliseconds, had.rows + rows)
        found[number] = Spent(query, *sums)
    return found


def grown(before: Found, after: Found, seconds: float) -> Table:
    """What took the most time between two looks."""
    spent = []
    for number, now in after.items():
        was = before.get(number, Spent("", 0, 0.0, 0))
        if (calls := now.calls - was.calls) > 0:
            spent.append((now, calls, now.milliseconds - was.milliseconds, now.rows - was.rows))
    spent.sort(key=lambda each: each[2], reverse=True)
    rows: list[list[Cell]] = [
        [
            " ".join(now.query.split()),
            round(calls / seconds, 2),
            round(milliseconds / calls, 3),
            round(read / calls, 1),
        ]
        for now, calls, milliseconds, read in spent
    ]
    return table(
        "Statements that take the most time",
        ("statement", "calls/s", "ms each", "rows each"),
        rows,
        f"From pg_stat_statements, over {seconds:.1f} s; values are not in it.",
    )
