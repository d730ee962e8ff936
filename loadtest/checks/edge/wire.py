"""Requests as bytes, for what no HTTP client would send; answers read as they are framed."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from .. import stack

FIRST = 20.0
"""Seconds for the first byte: an uncached page on a busy small machine."""

IDLE = 1.0
"""Seconds of silence after which nothing more is expected on an open connection."""


@dataclass(frozen=True)
class Response:
    """One answer. Names of headers in lower case; of several with one name, the last."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    head: bytes

    @property
    def all(self) -> bytes:
        """Everything that was said, headers and body."""
        return self.head + self.body


@dataclass(frozen=True)
class Exchange:
    """What came back on one connection, and whether the other side closed it."""

    data: bytes
    closed: bool


def host() -> str:
    """As a visitor's client names the site."""
    return f"127.0.0.1:{stack.setting('LAB_PORT')}"


def exchange(request: bytes, first: float = FIRST) -> Exchange:
    """Sends the bytes on a connection of their own; whatever is answered until the other side
    closes it or falls silent. Raises OSError where nobody listens."""
    received = bytearray()
    with socket.create_connection(("127.0.0.1", int(stack.setting("LAB_PORT"))), first) as link:
        # One that is refused before its end may still be told why.
        with suppress(BrokenPipeError, ConnectionResetError):
            link.sendall(request)
        try:
            while chunk := link.recv(65536):
                received += chunk
                link.settimeout(IDLE)
        except TimeoutError:
            return Exchange(bytes(received), closed=False)
        except ConnectionResetError:
            pass
    return Exchange(bytes(received), closed=True)


def responses(data: bytes, method: str = "GET") -> list[Response]:
    """The answers in what was received, in their order. method: of the first request; an answer to
    HEAD has no body. Raises ValueError for what is not HTTP."""
    found: list[Response] = []
    while data:
        one, data = _first(data, bodiless=method == "HEAD" and not found)
        if one.status >= 200:  # the others announce one that follows
            found.append(one)
    return found


def _first(data: bytes, bodiless: bool) -> tuple[Response, bytes]:
    head, _, rest = data.partition(b"\r\n\r\n")
    line, *fields = head.decode("latin-1").split("\r\n")
    words = line.split(" ", 2)
    if not words[0].startswith("HTTP/1.") or not words[1:] or not words[1].isdecimal():
        raise ValueError(f"this is no answer: {line[:80]!r}")
    pairs = (field.partition(":") for field in fields)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    status = int(words[1])
    if bodiless or status < 200 or status in (204, 304):
        body = b""
    elif headers.get("transfer-encoding", "").lower() == "chunked":
        body, rest = _chunks(rest)
    elif "content-length" in headers:
        size = int(headers["content-length"])
        body, rest = rest[:size], rest[size:]
    else:
        body, rest = rest, b""
    return Response(status, headers, body, head), rest


def _chunks(data: bytes) -> tuple[bytes, bytes]:
    """A chunked body and what follows it. Raises ValueError."""
    body = bytearray()
    while True:
        size, _, data = data.partition(b"\r\n")
        length = int(size.partition(b";")[0], 16)
        if not length:
            return bytes(body), data.partition(b"\r\n")[2]
        body += data[:length]
        data = data[length + 2 :]
