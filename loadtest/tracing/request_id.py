"""The name of a request, which Varnish gives it and every layer logs."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Seconds since 1970 and the number of Varnish's transaction (varnish/features/request.vcl).
_FORM = re.compile(r"(?P<seconds>[0-9]{9,11})-[0-9]{1,19}")


class BadId(Exception):
    """What was given names no request; the text is one line that says what does."""


@dataclass(frozen=True, slots=True)
class RequestId:
    """seconds: since 1970, when the request came, rounded."""

    text: str
    seconds: int


def parse(text: str) -> RequestId:
    """Raises BadId."""
    form = _FORM.fullmatch(text)
    if form is None:
        raise BadId(
            f"{text[:60]!r} is no request's id: accepted is what an answer has in X-Request-ID, "
            "such as 1795626831-3414"
        )
    return RequestId(text, int(form["seconds"]))
