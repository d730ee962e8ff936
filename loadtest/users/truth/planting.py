"""The canaries of one run, planted through the site's own forms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from users import markers
from users.canaries import Canary, unspeakable_word, word
from users.truth.people import READ, Known, Writer
from users.visitor import Reply


class CantSample(Exception):
    """The site does not take what sampling needs; the text says what."""


@dataclass(frozen=True, slots=True)
class Private:
    """A page of the writer's, and what it must show the writer."""

    path: str
    marker: bytes


def plant(writer: Writer, people: Sequence[Known]) -> list[Private]:
    """Plant what is the writer's, a letter to itself and a draft, and put on the record what greets each of
    `people`. The writer's pages. Raises CantSample."""
    canaries = writer.ground.overheard.canaries
    for person in people:
        greeting = markers.greeting(person.username).decode()
        canaries.append(_canary("greeting", person, greeting))
    return [*_letter(writer, canaries), *_draft(writer, canaries)]


def _letter(writer: Writer, canaries: list[Canary]) -> list[Private]:
    subject, body = word(), word()
    _sent(
        writer,
        "/inbox/new",
        {"to": writer.username, "subject": subject, "body": f"{markers.WRITTEN}, for me: {body}."},
    )
    canaries += [_canary("letter", writer, subject), _canary("letter", writer, body)]
    inbox = Private("/inbox/", subject.encode())
    found = re.search(
        rb'href="(/inbox/\d+/)">' + inbox.marker, _page(writer, inbox.path, inbox.marker).body
    )
    if not found:
        raise CantSample("the inbox lists no link to a letter that was sent")
    return [inbox, Private(found[1].decode(), body.encode())]


def _draft(writer: Writer, canaries: list[Canary]) -> list[Private]:
    title = unspeakable_word()
    typed = {
        "title": f"{word()} {title}",
        "standfirst": f"{markers.WRITTEN}.",
        "body": "A *short* piece.",
    }
    answer = _sent(writer, "/write/", typed)
    location = answer.headers.get("location", "")
    if not re.fullmatch(r"/posts/[^/]+/preview", location):
        raise CantSample(f"a draft that was saved led to {location or 'nowhere'}")
    canaries.append(_canary("draft", writer, title))
    return [Private(location, title.encode()), Private("/drafts/", title.encode())]


def _canary(kind: str, owner: Known, needle: str) -> Canary:
    return Canary(kind, owner.username, needle, frozenset({owner.username}))


def _sent(writer: Writer, form: str, typed: dict[str, str]) -> Reply:
    answer = writer.fill_in(_page(writer, form, markers.FORM_TOKEN), form, typed)
    if answer is None:
        raise CantSample(f"{writer.username} could not send the form of {form}")
    return answer


def _page(writer: Writer, path: str, marker: bytes) -> Reply:
    page = writer.get(READ, path, marker=marker)
    if page is None:
        raise CantSample(f"{writer.username} could not open {path}")
    return page
