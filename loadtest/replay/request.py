"""One line of a log: the request that it tells of, or why it tells of none."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Request(NamedTuple):
    """What is used of a line. Addresses, user agents and referrers are not even read."""

    at: float
    """Seconds since 1970, UTC."""
    method: bytes
    host: bytes
    """Lower-case, without a default port; empty where the log doesn't say."""
    path: bytes
    """Begins with a slash; as it was sent, escapes included."""
    query: bytes
    """Without the question mark."""
    status: int
    """0 where nothing was answered."""
    size: int
    """Bytes sent, with or without the head, as the format has it."""
    cookie: bytes
    """The Cookie header; empty where there was none or the log has no such field."""


class Broken(StrEnum):
    """Why a line was skipped. The text is what the user is shown."""

    FORMAT = "not in this format"
    LONG = "longer than 64 KiB"
    TARGET = "no request with a method and an address in it"
    TIME = "a time that can't be read"
    ERA = "a time before 1995 or in the future"
    NUMBER = "a status or size out of range"
    JSON = "not a JSON object"
    FIELD = "a field is missing"
    HEADER = "no #Fields line before it"


Parsed = Request | Broken | None
"""None: the line is no record, such as a comment or an empty line."""

MOST_BYTES = 1 << 50
"""No answer is a pebibyte long: a size above is a broken line."""

PORTS = (b":443", b":80")


def target(text: bytes, host: bytes = b"") -> tuple[bytes, bytes, bytes] | None:
    """Host, path and query of what stands between method and version of a request line: a path, or a
    whole address as proxies, varnishncsa and ALB write it. None for anything else."""
    if not text.startswith(b"/"):
        scheme, separator, rest = text.partition(b"://")
        if not separator or scheme.lower() not in (b"http", b"https", b"ws", b"wss"):
            return (host, b"*", b"") if text == b"*" else None
        named, slash, rest = rest.partition(b"/")
        if b"?" in named:  # http://host?query: the path is empty, which means /
            named, _, query = named.partition(b"?")
            return (bare(named), b"/", query + slash + rest)
        host, text = named, b"/" + rest
    path, _, query = text.partition(b"?")
    return bare(host) if host else host, path, query


def bare(host: bytes) -> bytes:
    """A host's name in lower case, without the port that its scheme implies."""
    host = host.lower()
    for port in PORTS:
        if host.endswith(port):
            return host[: -len(port)]
    return host


def request_line(text: bytes) -> tuple[bytes, bytes] | None:
    """Method and target of a request line; None where it is none, such as a TLS greeting."""
    parts = text.split(b" ")
    if len(parts) > 3:  # some servers log an address with the spaces that were sent
        parts = [parts[0], b" ".join(parts[1:-1]), parts[-1]]
    if len(parts) < 2 or not method_like(parts[0]):
        return None
    return parts[0], parts[1]


def from_texts(
    at: float | None, asked: bytes, host: bytes, status_text: bytes, size_text: bytes
) -> Request | Broken:
    """The request that a line of text tells of, without cookies. asked: the request line. host: as the line
    has it elsewhere; that of a whole address beats it."""
    if at is None:
        return Broken.TIME
    line = request_line(asked)
    there = line and target(line[1], host)
    if line is None or not there:
        return Broken.TARGET
    status, size = status_of(status_text), size_of(size_text)
    if status is None or size is None:
        return Broken.NUMBER
    host, path, query = there
    return Request(at, line[0], host, path, query, status, size, b"")


def method_like(text: bytes) -> bool:
    return text.isalpha() and text.isupper() and len(text) <= 20


def status_of(text: bytes) -> int | None:
    """A status from 100 to 599, 0 for `-` and `000` (nothing was answered); None for anything else."""
    if text == b"-":
        return 0
    if len(text) != 3 or not text.isdigit():
        return None
    status = int(text)
    return status if 100 <= status <= 599 or status == 0 else None


def size_of(text: bytes) -> int | None:
    """Bytes; `-` is none. None for what is no size."""
    if text == b"-":
        return 0
    if len(text) > 16 or not text.isdigit():
        return None
    size = int(text)
    return size if size <= MOST_BYTES else None
