"""Pages by key instead of by number: a page deep in the archive costs what the first one costs.

A cursor is `MICROSECONDS-ID` of the last row shown; the next page is what comes after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.http import Http404

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST_MICROSECONDS = 253_402_300_799_000_000  # the end of the year 9999


class Cursor(NamedTuple):
    moment: datetime
    id: int

    def __str__(self) -> str:
        return f"{(self.moment - EPOCH) // timedelta(microseconds=1)}-{self.id}"


def parse(text: str) -> Cursor:
    """The cursor that `text` spells, else Http404: nobody was ever given such an address."""
    moment, _, number = text.partition("-")
    digits = text.isascii() and moment.isdecimal() and number.isdecimal()
    if not digits or max(len(moment), len(number)) > 18 or int(moment) > LATEST_MICROSECONDS:
        raise Http404
    return Cursor(EPOCH + timedelta(microseconds=int(moment)), int(number))


def asked(parameters: Mapping[str, str]) -> str:
    """The cursor of the request, checked; "" is the first page."""
    text = parameters.get("before", "")
    return str(parse(text)) if text else ""


def page(rows: QuerySet[Any, Any], field: str, before: str, size: int) -> tuple[list[Any], str]:
    """`size` rows, newest by (`field`, id) first, and the cursor of the next page ("" at the end).

    The first condition repeats what the second one implies: it is what bounds the index scan.
    """
    if before:
        cursor = parse(before)
        rows = rows.filter(
            Q(**{f"{field}__lte": cursor.moment}),
            Q(**{f"{field}__lt": cursor.moment}) | Q(**{field: cursor.moment, "id__lt": cursor.id}),
        )
    found = list(rows.order_by(f"-{field}", "-id")[: size + 1])
    if len(found) <= size:
        return found, ""
    last = found[size - 1]
    moment, number = (
        (last[field], last["id"]) if isinstance(last, dict) else (getattr(last, field), last.pk)
    )
    return found[:size], str(Cursor(moment, number))
