"""Server-sent events: one beat a second for all browsers together, and none while there is no browser."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

log = logging.getLogger("console")

MOST_LISTENERS = 32
BEHIND = 30  # events that a browser may be behind; it is let go then, and comes again by itself
BEAT = 1.0  # seconds
RETRY = b"retry: 1000\n\n"


class Event(NamedTuple):
    """data: what can be JSON."""

    name: str
    data: Any

    def encoded(self) -> bytes:
        data = json.dumps(self.data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return f"event: {self.name}\ndata: {data}\n\n".encode()


class Full(Exception):
    """MOST_LISTENERS are connected."""


class Hub:
    """beat: makes the events of one second. rest: is awaited when the last browser has gone."""

    def __init__(
        self,
        beat: Callable[[], Awaitable[Iterable[Event]]],
        rest: Callable[[], Awaitable[None]],
        every: float = BEAT,
    ) -> None:
        self._beat = beat
        self._rest = rest
        self._every = every
        self._queues: set[asyncio.Queue[bytes | None]] = set()
        self._task: asyncio.Task[None] | None = None

    @property
    def listeners(self) -> int:
        return len(self._queues)

    @property
    def idle(self) -> bool:
        return self._task is None

    def tell(self, events: Iterable[Event]) -> None:
        """To every browser. Whoever does not keep up is let go."""
        lines = b"".join(event.encoded() for event in events)
        if not lines:
            return
        for queue in [*self._queues]:
            if queue.qsize() >= BEHIND:
                self._queues.discard(queue)
                queue.put_nowait(None)
            else:
                queue.put_nowait(lines)

    def listen(self, greeting: Sequence[Event]) -> AsyncIterator[bytes]:
        """A browser's stream, until it goes. Raises Full."""
        if len(self._queues) >= MOST_LISTENERS:
            raise Full
        return self._stream(greeting)

    async def _stream(self, greeting: Sequence[Event]) -> AsyncIterator[bytes]:
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._queues.add(queue)
        if self._task is None:
            self._task = asyncio.create_task(self._beats())
        try:
            yield RETRY + b"".join(event.encoded() for event in greeting)
            while (lines := await queue.get()) is not None:
                yield lines
        finally:
            self._queues.discard(queue)

    async def _beats(self) -> None:
        """Ends by itself within a beat of the last browser's going."""
        loop = asyncio.get_running_loop()
        try:
            while self._queues:
                ends = loop.time() + self._every
                try:
                    self.tell(await self._beat())
                except Exception:
                    # One bad figure must not end the page for everybody.
                    log.exception("a beat failed")
                await asyncio.sleep(max(0.0, ends - loop.time()))
        finally:
            self._task = None
            await self._rest()

    async def close(self) -> None:
        """Lets every browser go, for the server stops."""
        for queue in [*self._queues]:
            queue.put_nowait(None)
        self._queues.clear()
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
