"""What the page being made is made of: its tags, its shortest lifetime, its audience."""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .asks import Ask
    from .cache_status import Outcome


@dataclass(slots=True)
class Page:
    """Collected while a view runs. lifetime: seconds, of what dies soonest; None: nothing ages.
    outcomes: what the upstream cache did for each value, in the order of asking."""

    tags: set[str] = field(default_factory=set)
    lifetime: int | None = None
    private: bool = False
    declared: bool = False
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


def depends_on(*tags: str) -> None:
    """The page shows something that these tags stand for, read without a policy."""
    page = _current.get()
    if page is not None:
        page.declared = True
        page.tags.update(tags)
