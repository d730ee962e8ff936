"""The combined log format of Apache and nginx, which varnishncsa writes too; and its relatives.

    203.0.113.7 - - [10/Oct/2026:13:55:36 -0700] "GET /posts/1/?page=2 HTTP/1.1" 200 2326 "referrer" "agent"

`common` (without the last two) and `vhost_combined` (a host in front) are read as well, and whatever
stands behind is passed over. varnishncsa puts the whole address into the request.
"""

from __future__ import annotations

import re

from replay.formats import clock
from replay.request import Broken, Parsed, from_texts

QUOTED = rb'"([^"\\]*(?:\\.[^"\\]*)*)"'
"""Text in quotes. Unrolled, so that no text makes the search go back over what it has seen."""

LINE = re.compile(
    rb"([^\[]*)\[([^\]]{1,40})\] " + QUOTED + rb" (\S{1,20}) (\S{1,20})(?=\s|$)", re.DOTALL
)


def parse(line: bytes) -> Parsed:
    if not line.strip():
        return None
    match = LINE.match(line)
    if match is None:
        return Broken.FORMAT
    before, time, asked, status_text, size_text = match.groups()
    return from_texts(clock.common(time), asked, virtual_host(before), status_text, size_text)


def virtual_host(before: bytes) -> bytes:
    """The host in front of the visitor's address, where there is one. The second word of a line without
    is the never used identity, `-`."""
    if before.count(b" ") < 4:
        return b""
    first, second, *_ = before.split(b" ", 2)
    return b"" if second == b"-" else first
