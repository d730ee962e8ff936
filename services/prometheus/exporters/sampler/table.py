"""What a look finds, as the live page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

Cell = str | int | float | None


class Table(TypedDict):
    """note: how it was sampled."""

    title: str
    columns: list[str]
    rows: list[list[Cell]]
    note: str


class Unavailable(Exception):
    """What was to be looked into gives no answer; the text says in one line why."""


MOST_ROWS = 20
LONGEST_CELL = 200  # characters


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]], note: str) -> Table:
    """The first MOST_ROWS rows, with long texts cut."""
    shown = [[_short(cell) for cell in row] for row in rows[:MOST_ROWS]]
    return {"title": title, "columns": [*columns], "rows": shown, "note": note}


def _short(cell: Cell) -> Cell:
    if isinstance(cell, str) and len(cell) > LONGEST_CELL:
        return cell[: LONGEST_CELL - 1] + "…"
    return cell
