"""What answers say of canaries (users.canaries)."""

from __future__ import annotations

from collections.abc import Iterable

from checks.visitor import Answer
from users.canaries import Canary, unspeakable_word, word

__all__ = ["Canary", "found_in", "text_of", "unspeakable_word", "word"]


def text_of(answer: Answer) -> bytes:
    """All that an answer says: headers and body."""
    lines = [f"{name}: {value}" for name, value in answer.headers.items()]
    return "\n".join(lines).encode("utf-8", "surrogateescape") + b"\n\n" + answer.body


def found_in(text: bytes, canaries: Iterable[Canary]) -> list[Canary]:
    return [canary for canary in canaries if canary.is_in(text)]
