"""CloudFront's standard log: columns separated by tabs, named by the `#Fields:` line of each file.

Version 2 of standard logging writes the same names into JSON, which `jsonlines` reads.
"""

from __future__ import annotations

from replay.formats import clock
from replay.request import Broken, Parsed, Request, bare, method_like, size_of, status_of

HEADER = b"#Fields:"
NEEDED = (b"date", b"time", b"cs-method", b"cs-uri-stem", b"sc-status")


class CloudFront:
    """A parser, which remembers what the file's header said."""

    def __init__(self) -> None:
        self.places: dict[bytes, int] = {}
        self.width = 0

    def __call__(self, line: bytes) -> Parsed:
        if line.startswith(b"#"):
            if line.startswith(HEADER):
                names = line[len(HEADER) :].split()
                self.places = {name: place for place, name in enumerate(names)}
                # A name that is there twice is one place, and two columns.
                self.width = len(names)
            return None
        if not line.strip():
            return None
        if not self.places:
            return Broken.HEADER
        fields = line.split(b"\t")
        if len(fields) < self.width:
            return Broken.FORMAT
        if any(name not in self.places for name in NEEDED):
            return Broken.FIELD
        return self.request(fields)

    def request(self, fields: list[bytes]) -> Parsed:
        day, time, method, path, status_text = (fields[self.places[name]] for name in NEEDED)
        at = clock.iso(f"{day.decode('ascii', 'replace')}T{time.decode('ascii', 'replace')}")
        if at is None:
            return Broken.TIME
        if not method_like(method) or not path.startswith(b"/"):
            return Broken.TARGET
        status, size = status_of(status_text), size_of(self.optional(fields, b"sc-bytes") or b"-")
        if status is None or size is None:
            return Broken.NUMBER
        host = self.optional(fields, b"x-host-header") or self.optional(fields, b"cs(Host)")
        query, cookie = self.optional(fields, b"cs-uri-query"), self.optional(fields, b"cs(Cookie)")
        return Request(at, method, bare(host), path, query, status, size, cookie)

    def optional(self, fields: list[bytes], name: bytes) -> bytes:
        """A field's text; empty where the log has no such field, or `-` in it."""
        place = self.places.get(name)
        text = b"" if place is None else fields[place]
        return b"" if text == b"-" else text
