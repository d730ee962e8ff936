"""Everything that is counted of a stream of requests, in constant memory."""

from __future__ import annotations

import re
from collections import Counter

from replay.kinds import KEPT, KEYS, METHODS, READS, WRITES, hashed, is_asset
from replay.rates import Minutes, Span
from replay.request import Request
from replay.sample import MOST, Sample
from replay.top import Top

OTHER = b"other"
LATE = 60.0
"""Seconds by which a line may be older than one before it without being called out of order."""


def session_pattern(cookie: str) -> re.Pattern[bytes]:
    """Finds a cookie of this name, with a value, in a Cookie header; CloudFront escapes its spaces."""
    return re.compile(rb"(?:^|;|\s|%20|%3B)" + re.escape(cookie.encode()) + rb"=[^;\s]")


class Kind:
    """Reads of pages, or of assets."""

    def __init__(self, most: int) -> None:
        self.sample = Sample(most)
        self.top = Top()
        self.reads = 0
        self.writes = 0
        self.by_session = 0
        """Of the reads, by somebody with a session cookie."""


class Tally:
    """key: one of KEYS. cookie: the name of the site's session cookie."""

    def __init__(self, key: str = "path", cookie: str = "sessionid", most: int = MOST) -> None:
        self.name = KEYS[key]
        self.session = session_pattern(cookie).search
        self.pages = Kind(most)
        self.assets = Kind(most)
        self.methods: Counter[bytes] = Counter()
        self.statuses: Counter[int] = Counter()
        """By their first digit; 0 where nothing was answered."""
        self.bytes = 0
        self.cookies = 0
        self.sessions = 0
        self.late = 0
        self.span = Span()
        self.minutes = Minutes()
        self.views = Minutes()
        """Requests that are answered by a view: no asset, read or written."""
        self._latest = 0.0

    def add(self, request: Request) -> None:
        at, method, _, path, _, status, size, cookie = request
        self.methods[method if method in METHODS else OTHER] += 1
        self.statuses[status // 100] += 1
        self.bytes += size
        self.span.add(at)
        self.minutes.add(at)
        if at > self._latest:
            self._latest = at
        elif at < self._latest - LATE:
            self.late += 1
        member = False
        if cookie:
            self.cookies += 1
            member = self.session(cookie) is not None
            self.sessions += member
        asset = is_asset(path)
        if not asset:
            self.views.add(at)
        kind = self.assets if asset else self.pages
        if method in READS:
            kind.reads += 1
            kind.by_session += member
            if status not in KEPT:
                return
            name = self.name(request)
            key = hashed(name)
            kind.top.count(key, name)
            # Only a whole answer tells how large the thing is.
            kind.sample.read(key, at, size if status == 200 and method == b"GET" else None)
        elif method in WRITES:
            kind.writes += 1
            if 0 < status < 400:
                kind.sample.write(hashed(self.name(request)), at)
