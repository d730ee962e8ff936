"""When things happened, and how much: dates, thread shapes, votes. Pure functions of chance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

# The archive reaches back so far.
SPAN = timedelta(days=3 * 365)
BOARD_SPAN = timedelta(days=90)
COMMENT_SPREAD = 0.5
VOTES, VOTES_SPREAD = 8.0, 0.8
# How long people go on talking about a post, on average.
ATTENTION = timedelta(days=4)
DEEPEST = 5


@dataclass(frozen=True, slots=True)
class Reply:
    when: datetime
    parent: int | None  # its place in the thread
    author: int  # an index


def published(index: int, count: int, until: datetime, span: timedelta, chance: Random) -> datetime:
    """Post `index` of `count`, evenly over the span with some jitter; later ones are newer."""
    age = span * ((count - index - chance.random()) / count)
    return (until - age).replace(microsecond=0)


def amount(mean: float, spread: float, chance: Random) -> int:
    """A lognormal number with this mean."""
    return round(mean * chance.lognormvariate(-spread * spread / 2, spread)) if mean else 0


def thread(
    mean: float, begun: datetime, until: datetime, people: int, chance: Random
) -> list[Reply]:
    """A thread of about `mean` comments in the order they were written."""
    delays = sorted(
        _delay(begun, until, chance) for _ in range(amount(mean, COMMENT_SPREAD, chance))
    )
    depths: list[int] = []
    replies = []
    for place, delay in enumerate(delays):
        parent = _parent(place, depths, chance)
        depths.append(0 if parent is None else depths[parent] + 1)
        replies.append(Reply(begun + delay, parent, chance.randrange(people)))
    return replies


def _parent(place: int, depths: list[int], chance: Random) -> int | None:
    """Somewhat less than half are answers, mostly to what was just said."""
    if place == 0 or chance.random() > 0.45:
        return None
    parent = max(0, place - 1 - int(chance.expovariate(0.4)))
    return parent if depths[parent] < DEEPEST else None


def moment(begun: datetime, until: datetime, chance: Random) -> datetime:
    """Some time after it began and before `until`, sooner rather than later."""
    return begun + _delay(begun, until, chance)


def _delay(begun: datetime, until: datetime, chance: Random) -> timedelta:
    room = max((until - begun).total_seconds(), 1.0)
    # An exponential one, cut off where the present is.
    most = 1 - math.exp(-room / ATTENTION.total_seconds())
    seconds = -math.log(1 - chance.random() * most) * ATTENTION.total_seconds()
    return timedelta(seconds=int(min(seconds, room)))
