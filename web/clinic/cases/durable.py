"""Durable values: votes that are nowhere but in the cache.

The code is careful: an atomic increment, and no end to the keys' lives. Then other things are kept
as well, until the server has no room; and later somebody empties the cache.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from uuid import uuid4

from django.core.cache import BaseCache
from pymemcache.exceptions import MemcacheServerError

from ..caches import small
from ..case import Case, Figures, Row
from ..models import Ballot

POLLS = 20
VOTES = 10  # in each poll
# What else is kept, in rounds, until votes are pushed out: so many large and small values.
ROUNDS = 1_024
FRAGMENTS, FRAGMENT = 10, "a fragment of a page " * 800
COUNTERS = 200

Tally = Callable[[str], int]


def vote_in_cache(poll: str, cache: BaseCache) -> None:
    cache.add(f"votes:{poll}", 0, timeout=None)
    cache.incr(f"votes:{poll}")


def tally_in_cache(poll: str, cache: BaseCache) -> int:
    votes: int = cache.get(f"votes:{poll}", 0)
    return votes


def vote(poll: str, cache: BaseCache) -> None:
    Ballot.objects.create(poll=poll)
    cache.delete(f"tally:{poll}")


def tally(poll: str, cache: BaseCache) -> int:
    counted: int | None = cache.get_or_set(
        f"tally:{poll}", lambda: Ballot.objects.filter(poll=poll).count(), timeout=None
    )
    return counted or 0


def keep_until_full(cache: BaseCache, is_hit: Callable[[], bool]) -> int:
    """Keeps other things until it hits the votes; how many values that took.

    Large and small ones, since Memcached pushes out only what is of the same size, key included. And
    the votes are looked at seldom (after 1, 2, 4 ... rounds): what is asked for often stays.
    """
    for number in range(ROUNDS):
        keep(cache, {f"frag:{number}:{n}": FRAGMENT for n in range(FRAGMENTS)})
        keep(cache, {f"seen:{number:09}:{n:010}": n for n in range(COUNTERS)})
        if number & (number + 1) == 0 and is_hit():
            return (number + 1) * (FRAGMENTS + COUNTERS)
    return ROUNDS * (FRAGMENTS + COUNTERS)


def keep(cache: BaseCache, values: dict[str, str | int]) -> None:
    """A full Memcached may refuse a value while it moves memory from one size to another."""
    with suppress(MemcacheServerError):
        cache.set_many(values, timeout=None)


def counted(polls: list[str], look: Tally) -> int:
    return sum(look(poll) for poll in polls)


def cast(polls: list[str], vote_once: Callable[[str], None]) -> None:
    for _ in range(VOTES):
        for poll in polls:
            vote_once(poll)


def run() -> Figures:
    polls = [f"clinic-{uuid4().hex[:12]}" for _ in range(POLLS)]
    cache = small()
    cache.clear()
    try:
        return _run(polls, cache)
    finally:
        Ballot.objects.filter(poll__in=polls).delete()
        cache.clear()


def _run(polls: list[str], cache: BaseCache) -> Figures:
    bad, cure = partial(tally_in_cache, cache=cache), partial(tally, cache=cache)
    total = POLLS * VOTES
    cast(polls, partial(vote_in_cache, cache=cache))
    cast(polls, partial(vote, cache=cache))
    before = counted(polls, bad), counted(polls, cure)

    others = keep_until_full(cache, lambda: counted(polls, bad) < total)
    full = counted(polls, bad), counted(polls, cure)

    cache.clear()
    flushed = counted(polls, bad), counted(polls, cure)
    return {
        "cast": Row("votes cast", total, total),
        "before": Row("counted while there was room", *before),
        "others": Row("other values kept until the cache was full", others, others),
        "evicted": Row("votes lost to the full cache", total - full[0], total - full[1]),
        "flushed": Row("votes lost when it was emptied", total - flushed[0], total - flushed[1]),
    }


def went_wrong(figures: Figures) -> bool:
    return (
        figures["before"].bad == figures["cast"].bad
        and int(figures["evicted"].bad) > 0
        and figures["flushed"].bad == figures["cast"].bad
    )


def cured(figures: Figures) -> bool:
    return all(figures[lost].cure == 0 for lost in ("evicted", "flushed"))


CASE = Case(
    name="durable",
    doc=__doc__,
    seed="Computed values that need to be durably stored are bad to cache, too, because cache is "
    "temporary by nature and things that you need permanently will be safer living in your "
    "database.",
    wrong="Votes are counted in the cache and nowhere else. When it is full it pushes them out as "
    "it does any other value, and when somebody empties it they are all gone.",
    cure="A row for each vote in the database. Their count may be kept: it can be counted again.",
    bad_code=(vote_in_cache, tally_in_cache),
    cure_code=(vote, tally),
    run=run,
    went_wrong=went_wrong,
    cured=cured,
)
