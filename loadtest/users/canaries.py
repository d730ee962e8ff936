"""Canaries: strings that exist once in the world, each with the people who may see them.

Without Locust, so that the host's checks use them too.
"""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass
from urllib.parse import quote

LENGTH = 16
GREEK = "αβγδεζηθικλμνξοπρστυφχψω"


@dataclass(frozen=True)
class Canary:
    """readers: all who may see it. Each of them must, or its absence elsewhere proves nothing.
    asked_for: it is part of an address, so that whoever asks has said it, to caches too."""

    kind: str
    owner: str
    needle: str
    readers: frozenset[str]
    asked_for: bool = False

    def is_in(self, text: bytes) -> bool:
        return any(form in text for form in {self.needle.encode(), quote(self.needle).encode()})


def word() -> str:
    """Lower case, so that it is the same in an address made of a title."""
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(LENGTH))


def unspeakable_word() -> str:
    """Greek, which addresses leave out: a title may hold it, and the title's address will not.
    So whoever asks for that address has not said the word, and must not hear it."""
    return "".join(secrets.choice(GREEK) for _ in range(LENGTH))
