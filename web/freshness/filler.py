"""Fills the upstream cache until it evicts, as a site with more to keep than memory does."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from itertools import count
from typing import Protocol, cast

import redis
from pymemcache.client.base import Client

from caching.conf import conf

# Big values take the memory. Memcached evicts among values of like size only, so there are also
# values as small as an entry or a stamp of a tag.
LARGE, LARGES = 100_000, 20
SMALL, SMALLS = 100, 2_000
# Seconds; what filled the cache leaves it by itself.
LIFETIME = 120
# Bytes; more than any cache of the lab holds.
MOST = 2_000_000_000


class NotFull(Exception):
    """The server evicts nothing, however much it is given."""


class Server(Protocol):
    """A cache server, as its own client knows it."""

    def put(self, values: Mapping[str, bytes]) -> None: ...

    def evicted(self) -> int:
        """How many values it has evicted since its start."""


class Redis:
    def __init__(self, host: str) -> None:
        self._client = redis.Redis(host=host)

    def put(self, values: Mapping[str, bytes]) -> None:
        pipeline = self._client.pipeline(transaction=False)
        for key, value in values.items():
            pipeline.set(key, value, ex=LIFETIME)
        pipeline.execute()

    def evicted(self) -> int:
        return int(cast("dict[str, int]", self._client.info("stats"))["evicted_keys"])


class Memcached:
    def __init__(self, host: str) -> None:
        self._client = Client((host, 11211), no_delay=True)

    def put(self, values: Mapping[str, bytes]) -> None:
        self._client.set_many(values, expire=LIFETIME, noreply=True)

    def evicted(self) -> int:
        return int(self._client.stats()[b"evictions"])


def server() -> Server:
    """The one that the policies use, which must be redis or memcached."""
    kinds: dict[str, type[Redis] | type[Memcached]] = {"redis": Redis, "memcached": Memcached}
    return kinds[conf().store](conf().host)


def fill(server: Server, evictions: int) -> int:
    """Puts values until the server has evicted so many more; how many it has. Raises NotFull."""
    before = server.evicted()
    for number in count():
        evicted = server.evicted() - before
        if evicted >= evictions:
            return evicted
        if number * (LARGE * LARGES + SMALL * SMALLS) > MOST:
            raise NotFull(f"{evicted} values were evicted for {MOST:,} bytes: has it more memory?")
        server.put(_batch())
    raise AssertionError("count() does not end")


def _batch() -> dict[str, bytes]:
    sizes = [LARGE] * LARGES + [SMALL] * SMALLS
    return {f"filler:{secrets.token_hex(8)}": bytes(size) for size in sizes}
