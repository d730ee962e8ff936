"""CSRF tokens: whose secret is behind them.

Django masks the secret anew in every page (two halves of 32 characters: the mask, and the secret
shifted by it; django.middleware.csrf), so that two tokens of one secret look nothing alike.
Whoever is given a secret first is its owner: a second one who is given it was given another's.
"""

from __future__ import annotations

import re
import string
from threading import Lock

from checks.visitor import Answer

HALF = 32
LETTERS = string.ascii_letters + string.digits
IN_FORM = re.compile(rb'name="csrfmiddlewaretoken" value="([A-Za-z0-9]{64})"')
IN_COOKIE = re.compile(r"\bcsrftoken=([A-Za-z0-9]{32})\b")


def unmasked(token: str) -> str:
    """The secret of 32 characters behind a masked token of 64."""
    pairs = zip(token[:HALF], token[HALF:], strict=True)
    return "".join(LETTERS[LETTERS.index(shown) - LETTERS.index(mask)] for mask, shown in pairs)


def secrets_in(answer: Answer) -> set[str]:
    """The secrets that an answer hands out, in its forms and in its cookies."""
    forms = {unmasked(token.decode()) for token in IN_FORM.findall(answer.body)}
    cookies = answer.headers.get_all("Set-Cookie", [])
    return forms | {secret for cookie in cookies for secret in IN_COOKIE.findall(cookie)}


class Claims:
    """Who was given which secret first."""

    def __init__(self) -> None:
        self._owners: dict[str, str] = {}
        self._lock = Lock()

    def owners(self, name: str, answer: Answer) -> set[str]:
        """Of all the secrets that `name` was just given; `name` where they are new."""
        with self._lock:
            return {self._owners.setdefault(secret, name) for secret in secrets_in(answer)}

    def have(self, name: str) -> bool:
        return name in self._owners.values()
