"""Reads every source's figures, once for all browsers."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial

import httpx2

from .exposition import Sample, parse
from .sources import SOURCES, Source
from .window import Reading, Window

PROMPT = 0.8  # seconds that a round waits; slower answers are taken up by the next one
PATIENCE = 5.0  # seconds for one answer: a busy replica is not a dead one
MOST_BYTES = 4_000_000  # of one answer

Resolve = Callable[[str], Awaitable[list[str]]]


async def addresses(name: str) -> list[str]:
    """Those that a name stands for now. Raises OSError where there is none."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(name, None, family=socket.AF_INET, type=socket.SOCK_STREAM)
    return sorted({str(each[4][0]) for each in found})


class Reader:
    """`windows` hold what was read; `answers` tells who gave an answer when last asked."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        sources: Mapping[str, Source] = SOURCES,
        resolve: Resolve | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._sources = sources
        self._resolve = resolve or addresses
        self._clock = clock
        self._due = dict.fromkeys(sources, 0.0)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._reading: dict[tuple[str, str], asyncio.Task[None]] = {}
        self.windows = {name: Window(source.window) for name, source in sources.items()}

    def answers(self, name: str) -> bool:
        return self.windows[name].servers > 0

    async def round(self) -> None:
        """Asks all that are due at once, and waits a moment for their answers."""
        now = self._clock()
        for name, source in self._sources.items():
            if name not in self._running and now >= self._due[name] and self._exists(name):
                # Half a period early counts, or a round that is a little early would miss its turn.
                self._due[name] = now + source.every - 0.5
                task = asyncio.create_task(self._ask(name, source))
                self._running[name] = task
                task.add_done_callback(partial(self._done, name))
        if self._running:
            await asyncio.wait([*self._running.values()], timeout=PROMPT)

    async def stop(self) -> None:
        """Gives up what is under way, and forgets: the next browser must not see rates over the pause."""
        running = [*self._running.values(), *self._reading.values()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        for name in self._sources:
            self._due[name] = 0.0
            self.windows[name].keep([])

    def _done(self, name: str, task: asyncio.Task[None]) -> None:
        self._running.pop(name, None)

    def _exists(self, name: str) -> bool:
        """Locust mostly does not, and its name would be asked for outside, each second."""
        if name != "locust":
            return True
        if self.windows["containers"].latest("lab_service_containers", service="locust"):
            return True
        self.windows[name].keep([])
        return False

    async def _ask(self, name: str, source: Source) -> None:
        """Asks each server that is not still answering: one that hangs holds up none of the others."""
        host, _, port = source.address.partition(":")
        try:
            async with asyncio.timeout(PATIENCE):
                servers = await self._resolve(host) if source.replicas else [host]
        except (OSError, TimeoutError):
            servers = []
        addresses = [f"{server}:{port}" for server in servers]
        self.windows[name].keep(addresses)
        begun = [self._start(name, source, server) for server in addresses]
        if under_way := [task for task in begun if task]:
            await asyncio.wait(under_way, timeout=PROMPT)

    def _start(self, name: str, source: Source, server: str) -> asyncio.Task[None] | None:
        key = (name, server)
        if key in self._reading:
            return None
        task = asyncio.create_task(self._read(self.windows[name], source, server))
        self._reading[key] = task
        task.add_done_callback(lambda _: self._reading.pop(key, None))
        return task

    async def _read(self, window: Window, source: Source, server: str) -> None:
        """A server that has no figures to give is one that does not answer."""
        samples: list[Sample] = []
        with suppress(httpx2.HTTPError, ValueError, TimeoutError):
            async with asyncio.timeout(PATIENCE):
                samples = parse(await self._text(f"http://{server}{source.path}"), source.wanted)
        if not samples:
            window.forget(server)
            return
        # What another read is as old as it says, and rates are over the time between its readings.
        told = max((sample.at for sample in samples if sample.at is not None), default=None)
        window.add(server, Reading(self._clock() if told is None else told, samples))

    async def _text(self, address: str) -> str:
        async with self._client.stream("GET", address) as answer:
            answer.raise_for_status()
            body = b""
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise ValueError(f"{address} answers with over {MOST_BYTES} bytes")
        return body.decode("utf-8", "replace")
