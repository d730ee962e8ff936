"""What an import is made of, whatever it was read from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


class BadImport(Exception):
    """It can't be imported; the text is one line that says why and what to do."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A comment. `number` and `parent` are the source's own; 0 is no parent."""

    number: int
    parent: int
    author: str
    html: str
    written: datetime | None


@dataclass(frozen=True, slots=True)
class Item:
    """A post. `identity` names it at its source for ever: a second import knows it by that."""

    identity: str
    title: str
    html: str
    url: str = ""
    summary: str = ""
    author: str = ""
    published: datetime | None = None
    draft: bool = False
    tags: tuple[str, ...] = ()
    replies: tuple[Reply, ...] = field(default=())
