"""What the page being made is made of: its tags, its shortest lifetime, its audience; and how long it
has waited for what others compute."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .asks import Ask
    from .cache_status import Outcome


@dataclass(slots=True)
class Page:
    """Collected while a view runs. lifetime: seconds, of what dies soonest; None: nothing ages.
    outcomes: what the upstream cache did for each value, in the order of asking. composed: the edge is to put
    readers' own parts in. waited: seconds."""

    tags: set[str] = field(default_factory=set)
    lifetime: int | None = None
    private: bool = False
    declared: bool = False
    composed: bool = False
    waited: float = 0.0
    outcomes: dict[Ask, Outcome] = field(default_factory=dict)

    def shorten(self, seconds: int) -> None:
        self.lifetime = seconds if self.lifetime is None else min(self.lifetime, seconds)


_current: ContextVar[Page | None] = ContextVar("page", default=None)


def start() -> Page:
    """Begins the collection for one request."""
    page = Page()
    _current.set(page)
    return page


def finish() -> None:
    _current.set(None)


def current() -> Page | None:
    return _current.get()


def made_of(asks: Iterable[Ask]) -> None:
    """The page being made, where there is one, shows these values."""
    page = _current.get()
    if page is None:
        return
    page.declared = True
    for ask in asks:
        page.tags.update(ask.tags)
        page.private |= ask.private
        if ask.ages:
            page.shorten(ask.seconds)


def waited() -> float:
    """Seconds that the page being made has spent in waiting; 0 where there is none."""
    page = _current.get()
    return page.waited if page else 0.0


@contextmanager
def waiting() -> Iterator[None]:
    """What is done in here is waiting."""
    began = time.monotonic()
    try:
        yield
    finally:
        page = _current.get()
        if page:
            page.waited += time.monotonic() - began


def depends_on(*tags: str) -> None:
    """The page shows something that these tags stand for, read without a policy."""
    page = _current.get()
    if page is not None:
        page.declared = True
        page.tags.update(tags)
