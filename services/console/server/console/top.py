"""What a service is busy with just now, sampled when somebody asks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx2

from .reader import Reader
from .security import Refused
from .sources import SOURCES
from .window import Window, ratio

Json = dict[str, Any]

PATIENCE = 8.0  # seconds for the sampler
APART = 2.0  # seconds between two readings where no browser has them made
FRESH = 3.0  # seconds for which a table answers everybody who asks
MOST_ROWS = 20


class Top:
    """reader: with figures in it while a browser is connected."""

    def __init__(self, client: httpx2.AsyncClient, sampler: str, reader: Reader) -> None:
        self._client = client
        self._sampler = sampler
        self._reader = reader
        self._locks = {name: asyncio.Lock() for name in TABLES}
        self._known: dict[str, tuple[float, Json]] = {}

    async def of(self, service: str, toggles: Mapping[str, str]) -> Json:
        """Its table. Raises Refused: 404 where there is none, 503 where nobody answers."""
        if service not in TABLES:
            raise Refused(f"there is no such table: accepted are {', '.join(TABLES)}", 404)
        async with self._locks[service]:
            at, found = self._known.get(service, (0.0, {}))
            if not found or time.monotonic() - at > FRESH:
                found = await TABLES[service](self, service, toggles)
                self._known[service] = (time.monotonic(), found)
        return found

    async def sampled(self, service: str, toggles: Mapping[str, str]) -> Json:
        """The sampler's own table."""
        try:
            answer = await self._client.get(f"{self._sampler}/top/{service}", timeout=PATIENCE)
            found: Json = answer.json()
        except (httpx2.HTTPError, ValueError):
            raise Refused("the sampler gives no answer: docker compose ps sampler", 503) from None
        if answer.status_code != 200:
            raise Refused(str(found.get("error", "the sampler found nothing")), 503)
        return found

    async def groups(self, service: str, toggles: Mapping[str, str]) -> Json:
        """Django's groups of views."""
        return groups(await self._django())

    async def policies(self, service: str, toggles: Mapping[str, str]) -> Json:
        """An upstream cache's policies: how many keys, and, where Django asks this cache, how often."""
        if toggles.get("LAB_UPSTREAM", service) != service:
            return await self.sampled(service, toggles)
        keys, window = await asyncio.gather(self.sampled(service, toggles), self._django())
        return policies(keys, window)

    async def _django(self) -> Window:
        if self._reader.answers("web"):
            return self._reader.windows["web"]
        own = Reader(self._client, {"web": SOURCES["web"]})
        await own.round()
        await asyncio.sleep(APART)
        await own.round()
        if not own.answers("web"):
            raise Refused("Django gives no answer", 503)
        return own.windows["web"]


TABLES: Mapping[str, Callable[[Top, str, Mapping[str, str]], Awaitable[Json]]] = {
    "varnish": Top.sampled,
    "web": Top.groups,
    "redis": Top.policies,
    "memcached": Top.policies,
    "postgres": Top.sampled,
}


def groups(window: Window) -> Json:
    """By group of views, those asked most first; those nobody asks are left out."""
    rows: list[list[Any]] = []
    for group in window.values("django_http_requests_total", "group"):
        asked = window.rate("django_http_requests_total", group=group)
        if not asked:
            continue
        seconds = window.rate("django_http_request_seconds_sum", group=group)
        count = window.rate("django_http_request_seconds_count", group=group)
        errors = window.rate("django_http_requests_total", group=group, status="5xx")
        each = round(1000 * seconds / count, 2) if seconds is not None and count else None
        rows.append([group, round(asked, 2), each, round(errors or 0.0, 2)])
    return {
        "title": "Groups of views asked most",
        "columns": ["group", "requests/s", "ms each", "errors/s"],
        "rows": sorted(rows, key=lambda row: -float(row[1]))[:MOST_ROWS],
        "note": "From the replicas' own counters, over the last seconds. A group is a module of views.",
    }


def policies(keys: Json, window: Window) -> Json:
    """The table of keys with what was looked up."""
    held = {row[0]: row[1:] for row in keys.get("rows", [])}
    names = {*held, *window.values("caching_hits_total", "policy")}
    names |= window.values("caching_misses_total", "policy")
    rows: list[list[Any]] = []
    for name in names:
        hits = window.rate("caching_hits_total", policy=name)
        misses = window.rate("caching_misses_total", policy=name)
        found = ratio(hits, misses)
        asked = (hits or 0.0) + (misses or 0.0)
        count, share = held.get(name, [None, None])
        rows.append([name, round(asked, 2), found and round(found, 4), count, share])
    rows.sort(key=lambda row: (-float(row[1]), -(row[3] or 0)))
    return {
        "title": "Policies looked up most",
        "columns": ["policy", "lookups/s", "hit ratio", "keys", "share of keys"],
        "rows": rows[:MOST_ROWS],
        "note": "Lookups from the replicas' own counters, over the last seconds. Keys: "
        + str(keys.get("note", "")),
    }
