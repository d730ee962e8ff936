"""The ways in which logs write a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

MONTHS = {
    name: number
    for number, name in enumerate(
        (
            b"Jan",
            b"Feb",
            b"Mar",
            b"Apr",
            b"May",
            b"Jun",
            b"Jul",
            b"Aug",
            b"Sep",
            b"Oct",
            b"Nov",
            b"Dec",
        ),
        start=1,
    )
}

WIDEST = 40
"""Characters: no way of writing a time needs more."""


@lru_cache(maxsize=1024)
def common(text: bytes) -> float | None:
    """`10/Oct/2026:13:55:36 -0700` as seconds since 1970; None where it is no such time."""
    if len(text) != 26 or text[20:21] != b" " or text[21:22] not in (b"+", b"-"):
        return None
    numbers = (
        text[0:2],
        text[7:11],
        text[12:14],
        text[15:17],
        text[18:20],
        text[22:24],
        text[24:26],
    )
    if not all(number.isdigit() for number in numbers):
        return None
    day, year, hour, minute, second, zone_hours, zone_minutes = (int(number) for number in numbers)
    zone = timedelta(hours=zone_hours, minutes=zone_minutes)
    try:
        offset = timezone(-zone if text[21:22] == b"-" else zone)
        # A leap second is told as :60.
        moment = datetime(
            year, MONTHS[text[3:6]], day, hour, minute, min(second, 59), tzinfo=offset
        )
        return moment.timestamp()
    except (ValueError, KeyError, OverflowError):
        return None


@lru_cache(maxsize=1024)
def iso(text: str) -> float | None:
    """ISO 8601, such as `2026-10-10T13:55:36.123456Z`; without a zone it is UTC. None for anything else."""
    if len(text) > WIDEST:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def number(value: float) -> float:
    """Seconds since 1970 that are told in seconds, milliseconds, microseconds or nanoseconds: told
    apart by their size, which is unambiguous for any time from 1980 on."""
    for _ in range(3):
        if abs(value) < 1e11:
            break
        value /= 1000
    return value
