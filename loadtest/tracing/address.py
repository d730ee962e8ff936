"""Which address of this machine's stack is meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

NAMES = ("localhost", "127.0.0.1")
# A message is marked as read by whoever it is for.
READS_A_MESSAGE = re.compile(r"/inbox/[0-9]+/")


class BadAddress(Exception):
    """What was given is no address of the stack; the text is one line that says what is."""


@dataclass(frozen=True, slots=True)
class Address:
    """host: as a browser would send it, e.g. "localhost:8080". target: the path and query."""

    host: str
    target: str

    def __str__(self) -> str:
        return f"http://{self.host}{self.target}"


def parse(text: str, port: int) -> Address:
    """A path, or a whole address on the port that the site is published on. Raises BadAddress."""
    accepted = f"accepted are a path, /posts/a-post/, and http://localhost:{port}/posts/a-post/"
    if not text.isascii() or not text.isprintable() or " " in text:
        raise BadAddress(f"{text!r}: {accepted}; other characters are written as %xx")
    if text.startswith("/") and not text.startswith("//"):
        return Address(f"{NAMES[0]}:{port}", text.partition("#")[0])
    try:
        parts = urlsplit(text)
        there = parts.scheme == "http" and parts.hostname in NAMES and parts.port == port
    except ValueError:  # a port that is no number
        there = False
    if not there or "@" in parts.netloc:
        raise BadAddress(f"{text!r} is not on this stack: {accepted}")
    query = f"?{parts.query}" if parts.query else ""
    return Address(parts.netloc, f"{parts.path or '/'}{query}")


def refuse_writes(address: Address) -> None:
    """Raises BadAddress where looking at a page as somebody would change something of theirs."""
    if READS_A_MESSAGE.match(unquote(address.target)):
        raise BadAddress(
            f"{address.target}: opening a message marks it as read, and a trace changes nothing; "
            "leave --as away, or trace /inbox/"
        )
