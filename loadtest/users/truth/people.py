"""Who samples: a writer, and two readers who look after what it wrote. All search what they are shown."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from users import markers
from users.forms import fields_of
from users.member import Member
from users.visitor import Reply, Visitor

READ, WRITE = "truth/read", "truth/write"

REFUSED = (302, 403, 404)
"""How the site answers who asks for what is another's."""


class Listener(Visitor):
    """Searches every answer, headers and refusals included, for the canaries of others."""

    abstract = True
    forbidden = b""

    @property
    def who(self) -> str:
        """What the canaries call this person."""
        raise NotImplementedError

    def overhear(self, where: str, response: Any, marker: bytes) -> str:
        if not response.status_code:
            return ""
        lines = [f"{name}: {value}" for name, value in response.headers.items()]
        head = "\n".join(lines).encode("utf-8", "surrogateescape")
        text = head + b"\n\n" + (response.content or b"")
        return self.ground.overheard.look(self.who, where, text)

    def look(self, path: str, *, again: bool = False) -> Reply | None:
        """A post's page, as this reader gets it."""
        return self.get(READ, path, marker=self.mark_of(path), again=again)

    def mark_of(self, path: str) -> bytes:
        """What a post's page must hold for this reader."""
        return markers.post(path)

    def pry(self, path: str) -> None:
        """Ask for a page that is the writer's alone. Some addresses show each what is theirs."""
        self.ask("GET", READ, path, accept=(200, *REFUSED))


class Stranger(Listener):
    """Somebody without an account."""

    abstract = True
    who = "an anonymous reader"


class Known(Listener, Member):
    """Somebody with an account, who is greeted by its name."""

    abstract = True

    @property
    def who(self) -> str:
        return self.username

    def mark_of(self, path: str) -> bytes:
        return markers.greeting(self.username)


class Writer(Known):
    """Comments, and owns what the canaries are in."""

    abstract = True

    def comment(self, path: str) -> bool:
        """Comment on a post; whether that was acknowledged, and is on the record."""
        page = self.look(path)
        words = f"{markers.WRITTEN}, {uuid4().hex}."
        if page is None or self.fill_in(page, f"{path}comment", {"body": words}) is None:
            return False
        self.ground.acknowledged.wrote(path, words.encode())
        return True

    def fill_in(self, page: Reply, action: str, typed: dict[str, str]) -> Reply | None:
        """Send the page's form for `action`; None where it has none, or is refused."""
        fields = fields_of(page.body, action)
        return self.post(WRITE, action, fields | typed) if fields is not None else None
