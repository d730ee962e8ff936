"""Runs in a replica, not here: `python -c SOURCE STORE HOW SECONDS` prints how many values it wrote.

STORE: redis or memcached. HOW:
    garbage   every value becomes random bytes of a random length, up to twice its own
    flipped   one random bit of every value is turned, so that a signature over it is wrong
    swapped   every key gets its neighbour's value: well-formed and signed, but under another key
    filled    the store is written full of other values
All are done anew every PAUSE seconds, for so many seconds.
"""

import random
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Protocol
from urllib.parse import unquote

PAUSE = 0.25
FILLING = 4_000_000  # bytes a pass
Entry = tuple[str, bytes, int]
"""key, value, seconds to live; 0: as long as it would have lived"""


class Values(Protocol):
    def entries(self) -> Iterator[Entry]: ...
    def put(self, entries: Iterable[Entry]) -> None: ...


class InRedis:
    def __init__(self) -> None:
        import redis

        self._redis = redis.Redis(host="redis", socket_timeout=5)

    def entries(self) -> Iterator[Entry]:
        keys = list(self._redis.scan_iter(count=1000))
        values = self._redis.mget(keys) if keys else []
        for key, value in zip(keys, values, strict=True):
            if isinstance(value, bytes):  # it has not expired meanwhile
                yield key.decode(), value, 0

    def put(self, entries: Iterable[Entry]) -> None:
        pipeline = self._redis.pipeline(transaction=False)
        for key, value, seconds in entries:
            pipeline.set(key, value, ex=seconds or None, keepttl=not seconds)
        pipeline.execute()


class InMemcached:
    def __init__(self) -> None:
        from pymemcache.client.base import Client

        self._client = Client(("memcached", 11211), timeout=5, default_noreply=True)

    def entries(self) -> Iterator[Entry]:
        dump = self._client.raw_command("lru_crawler metadump all", b"END\r\n").decode()
        alive: dict[str, int] = {}
        for line in dump.splitlines():
            fields = dict(part.split("=", 1) for part in line.split() if "=" in part)
            # The dump lists values while they change; a line may be cut.
            if "key" in fields and fields.get("exp", "").lstrip("-").isdigit():
                left = int(fields["exp"]) - int(time.time())
                alive[unquote(fields["key"])] = max(1, left)
        for key, value in self._client.get_many(list(alive)).items():
            yield key, value, alive[key]

    def put(self, entries: Iterable[Entry]) -> None:
        for key, value, seconds in entries:
            self._client.set(key, value, expire=seconds)


def garbage(entries: Iterable[Entry]) -> Iterator[Entry]:
    for key, value, seconds in entries:
        yield key, random.randbytes(random.randint(0, 2 * len(value) + 8)), seconds


def flipped(entries: Iterable[Entry]) -> Iterator[Entry]:
    for key, value, seconds in entries:
        if value:
            turned = int.from_bytes(value) ^ 1 << random.randrange(8 * len(value))
            yield key, turned.to_bytes(len(value)), seconds


def swapped(entries: Iterable[Entry]) -> Iterator[Entry]:
    ordered = sorted(entries)
    for (key, _, seconds), (_, value, _) in zip(ordered, ordered[1:] + ordered[:1], strict=True):
        yield key, value, seconds


def filled(_: Iterable[Entry]) -> Iterator[Entry]:
    """Values of every size, since a server that is full evicts among values of one size."""
    written = 0
    while written < FILLING:
        size = int(100 * 1.5 ** random.uniform(0, 20))
        written += size
        yield f"faults:{random.randrange(10**9)}", random.randbytes(size), 20


HOW = {made.__name__: made for made in (garbage, flipped, swapped, filled)}


def main(store: str, how: str, seconds: str) -> int:
    values: Values = InRedis() if store == "redis" else InMemcached()
    end = time.monotonic() + float(seconds)
    written = 0
    while time.monotonic() < end:
        made = list(HOW[how](values.entries()))
        values.put(made)
        written += len(made)
        time.sleep(PAUSE)
    return written


if __name__ == "__main__":
    sys.stdout.write(str(main(*sys.argv[1:])))
