"""The formats of access logs, and which of them a log is in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from replay.formats import alb, combined
from replay.formats.cloudfront import CloudFront
from replay.formats.jsonlines import JsonLines
from replay.request import Parsed, Request

Parser = Callable[[bytes], Parsed]

NAMES = ("combined", "json", "alb", "cloudfront")


def parser(name: str, fields: Mapping[str, str] | None = None) -> Parser:
    """A parser of its own for one file: that of CloudFront remembers the file's header."""
    made: dict[str, Callable[[], Parser]] = {
        "combined": lambda: combined.parse,
        "json": lambda: JsonLines(fields),
        "alb": lambda: alb.parse,
        "cloudfront": CloudFront,
    }
    return made[name]()


def detect(lines: Iterable[bytes], fields: Mapping[str, str] | None = None) -> str | None:
    """The format that most of these lines can be read in; None where that is no line in any."""
    lines = list(lines)
    read = {}
    for name in NAMES:
        parse = parser(name, fields)
        read[name] = sum(isinstance(parse(line), Request) for line in lines)
    best = max(NAMES, key=lambda name: read[name])
    return best if read[best] else None
