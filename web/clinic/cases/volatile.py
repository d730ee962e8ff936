"""Highly volatile things: how many are reading now, a number that changes before it is asked for.

Readers come and go several times between two looks at the number, and each change ends what was
kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db import connection

from caching import Dies, Use, policy

from ..caches import shared
from ..case import Case, Figures, Row
from ..meter import Cache, Metered, seconds_of
from ..models import Presence

READS = 40
ARRIVALS = 5  # between two reads
NONE = "no cache"


def arrive_and_forget_the_number(page: str, cache: Cache) -> None:
    Presence.objects.create(page=page)
    cache.delete(f"reading:{page}")


def reading_now_from_cache(page: str, cache: Cache) -> int:
    number: int | None = cache.get(f"reading:{page}")
    if number is None:
        number = Presence.objects.filter(page=page).count()
        cache.set(f"reading:{page}", number, timeout=60)
    return number


def arrive(page: str) -> None:
    Presence.objects.create(page=page)


def reading_now(page: str) -> int:
    return Presence.objects.filter(page=page).count()


@policy(use=Use.AGGREGATES, dies=Dies.TTL, ttl=1)
def clinic_reading_lately(page: str) -> int:
    """Where a second's delay is good enough: no write has to forget anything."""
    return reading_now(page)


@dataclass(frozen=True, slots=True)
class Seen:
    """What READS readers saw. counts: how often the database was asked to count."""

    wrong: int
    counts: int


def watched(come: Callable[[str], object], look: Callable[[str], int]) -> Seen:
    """Readers of one page, who come by ARRIVALS before each look at the number."""
    page = f"clinic-{uuid4().hex[:12]}"
    counter = CountedCounts()
    try:
        with connection.execute_wrapper(counter):
            wrong = 0
            for number in range(1, READS + 1):
                for _ in range(ARRIVALS):
                    come(page)
                wrong += look(page) != number * ARRIVALS
        return Seen(wrong, counter.seen)
    finally:
        Presence.objects.filter(page=page).delete()
        shared().delete(f"reading:{page}")


class CountedCounts:
    """Counts the statements that count, as they pass to the database."""

    def __init__(self) -> None:
        self.seen = 0

    def __call__(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        self.seen += "COUNT(" in sql
        return execute(sql, *rest)


def run() -> Figures:
    meter = Metered(shared())
    bad = watched(
        lambda page: arrive_and_forget_the_number(page, meter),
        lambda page: reading_now_from_cache(page, meter),
    )
    cure = watched(arrive, reading_now)
    lately = watched(arrive, clinic_reading_lately)
    net = meter.net_seconds(seconds_of(lambda: reading_now("clinic")))
    return {
        "reads": Row("looks at the number", READS, READS),
        "writes": Row("changes between two looks", ARRIVALS, ARRIVALS),
        "hit_ratio": Row("look-ups answered by the cache", 100 * meter.hit_ratio, NONE, "%"),
        "calls": Row("calls to the cache, each look", meter.calls / READS, NONE),
        "net": Row("net cost of the cache, each look", 1000 * net / READS, NONE, "ms"),
        "counts": Row("counts in the database, each look", bad.counts / READS, cure.counts / READS),
        "wrong": Row("looks that showed a wrong number", bad.wrong, cure.wrong),
        "lately": Row(
            "counts, each look, if it may be a second old",
            bad.counts / READS,
            lately.counts / READS,
        ),
    }


def went_wrong(figures: Figures) -> bool:
    return (
        float(figures["hit_ratio"].bad) < 10
        and float(figures["calls"].bad) > 2
        and float(figures["net"].bad) > 0
    )


def cured(figures: Figures) -> bool:
    return figures["wrong"].cure == 0 and float(figures["lately"].cure) < 1


CASE = Case(
    name="volatile",
    doc=__doc__,
    seed="Rarely accessed or highly volatile things are bad caching candidates because you’ll "
    "waste space or you’ll cache something that’s probably going to change before you need it "
    "again.",
    wrong="The number of people who are reading a page changes whenever somebody comes, which is "
    "more often than anybody looks. Each look-up misses, the number is counted all the same, and "
    "every arrival pays for forgetting it.",
    cure="Count it when somebody looks. If it may be a second old, let it live for that second "
    "and forget nothing.",
    bad_code=(arrive_and_forget_the_number, reading_now_from_cache),
    cure_code=(arrive, reading_now, clinic_reading_lately),
    run=run,
    went_wrong=went_wrong,
    cured=cured,
)
