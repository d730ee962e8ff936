"""The files that were named, as one stream of requests in the order of time."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from heapq import heappop, heappush
from itertools import chain, islice
from math import inf
from pathlib import Path
from typing import IO

from replay import formats
from replay.lines import DAMAGE, Unreadable, lines, unpacked
from replay.quality import Quality
from replay.request import Broken, Request

STDIN = "-"
HEAD = 200
"""So many lines of a file are looked at to tell its format and when it begins."""

EARLIEST = 788_918_400.0
"""1995-01-01: before the first access log in this format."""

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Log:
    """One file, as its first lines have it. `begins`: seconds since 1970."""

    name: str
    format: str
    begins: float
    lines: Callable[[], Iterator[bytes | None]]


def stdin() -> IO[bytes]:
    return sys.stdin.buffer


class Logs:
    """What was named on the command line. Raises Unreadable before anything is counted."""

    def __init__(
        self,
        names: Sequence[str],
        wanted: str | None = None,
        fields: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if STDIN in names and len(names) > 1:
            raise Unreadable("-: standard input can't be read together with files")
        self.fields = fields
        self.latest = clock() + DAY
        self.quality = Quality()
        self.logs = sorted((self._look(name, wanted) for name in names), key=lambda log: log.begins)

    def requests(self) -> Iterator[Request]:
        """Every request of all files. Files whose times overlap are merged, so that those of several
        servers may be given at once, in any order; within a file the order is left as it is."""
        waiting = list(reversed(self.logs))
        heap: list[tuple[float, int, Request, Iterator[Request]]] = []
        while waiting or heap:
            begins = waiting[-1].begins if waiting else inf
            if waiting and (not heap or heap[0][0] >= begins):
                rest = self._read(waiting.pop())
                if (first := next(rest, None)) is not None:
                    heappush(heap, (first.at, len(waiting), first, rest))
                continue
            _, number, request, rest = heappop(heap)
            yield request
            until = min(begins, heap[0][0] if heap else inf)
            for request in rest:
                if request.at > until:
                    heappush(heap, (request.at, number, request, rest))
                    break
                yield request

    def _look(self, name: str, wanted: str | None) -> Log:
        broken: list[str] = []
        opened: Callable[[], Iterator[bytes | None]]
        if name == STDIN or Path(name).is_fifo():
            # A pipe can be read but once: its first lines are kept, and read again.
            stream = lines(unpacked(stdin(), "standard input")) if name == STDIN else _opened(name)
            head = _head(stream, broken, name)
            self.quality.damaged += broken
            opened = partial(chain, head, stream)
        else:
            try:
                with Path(name).open("rb") as file:
                    head = _head(lines(unpacked(file, name)), broken, name)
            except OSError as error:
                raise Unreadable(f"{name}: {error.strerror}; accepted are files, and -") from None
            opened = partial(_opened, name)
        if not any(line is None or line.strip() for line in head):
            if broken:
                raise Unreadable(
                    f"{name} is damaged: no line of it can be unpacked; accepted is an access log"
                )
            raise Unreadable(f"{name} is empty; accepted is an access log")
        known = [line for line in head if line is not None]
        found = wanted or formats.detect(known, self.fields)
        if found is None:
            raise Unreadable(
                f"{name}: none of its first {len(head)} lines is in a format known here;"
                f" accepted are {', '.join(formats.NAMES)} (--format; for JSON, --field)"
            )
        parse = formats.parser(found, self.fields)
        times = [read.at for line in known if isinstance(read := parse(line), Request)]
        return Log(name, found, next(filter(self._plausible, times), 0.0), opened)

    def _plausible(self, at: float) -> bool:
        return EARLIEST <= at <= self.latest

    def _read(self, log: Log) -> Iterator[Request]:
        parse = formats.parser(log.format, self.fields)
        quality, latest = self.quality, self.latest
        stream = log.lines()
        try:
            for line in stream:
                if line is None:
                    quality.skip(Broken.LONG, b"")
                    continue
                read = parse(line)
                if isinstance(read, Request):
                    if EARLIEST <= read.at <= latest:
                        quality.read += 1
                        yield read
                    else:
                        quality.skip(Broken.ERA, line)
                elif read is not None:
                    quality.skip(read, line)
        except DAMAGE:
            quality.damaged.append(log.name)


def _head(stream: Iterator[bytes | None], broken: list[str], name: str) -> list[bytes | None]:
    """The first lines; of a compressed file that is damaged, those before the damage, and `broken` has its
    name then."""
    head: list[bytes | None] = []
    try:
        head.extend(islice(stream, HEAD))
    except DAMAGE:
        broken.append(name)
    return head


def _opened(name: str) -> Iterator[bytes | None]:
    with Path(name).open("rb") as file:
        yield from lines(unpacked(file, name))
