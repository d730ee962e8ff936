"""Whose keys the upstream caches hold, from a sample of them."""

from __future__ import annotations

import socket
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from urllib.parse import unquote

import redis

from .table import Cell, Table, Unavailable, table

MOST_KEYS = 2_000  # of Redis
AT_ONCE = 500  # keys looked at by one SCAN: some 100 µs in which Redis does nothing else
MOST_LINES = 20_000  # of Memcached
END = "END"  # the last line of a dump that is whole
DEADLINE = 1.0  # seconds
COLUMNS = ("policy", "keys", "share")

# The prefixes of web/caching/keys.py.
KINDS = {"t": "(stamps of tags)", "f": "(freshness of what dies by age)", "h": "(claims)"}


def policy_of(key: str) -> str:
    """The policy whose value it holds, or what else it is."""
    kind, _, rest = key.partition(":")
    if kind == "e":
        return rest.partition(":")[0]
    return KINDS.get(kind, "(others)")


def of_redis(host: str = "redis") -> Table:
    """Raises Unavailable. SCAN hashes its way through all keys, so its first ones are as good as any."""
    client = redis.Redis(
        host=host, socket_timeout=DEADLINE, socket_connect_timeout=DEADLINE, decode_responses=True
    )
    try:
        with client:
            held = int(client.dbsize())
            found = [*islice(_scanned(client), MOST_KEYS)]
    except (redis.RedisError, OSError) as error:
        raise Unavailable("Redis gives no answer") from error
    note = f"{len(found)} of {held} keys, by SCAN: neither hits nor misses, and the keys only."
    return _table(Counter(map(policy_of, found)), note)


def _scanned(client: redis.Redis) -> Iterator[str]:
    cursor, keys = client.scan(0, count=AT_ONCE)
    yield from map(str, keys)
    # Where most were deleted a SCAN may find few: so many are made, and no more.
    for _ in range(2 * MOST_KEYS // AT_ONCE):
        if cursor == 0:
            return
        cursor, keys = client.scan(cursor, count=AT_ONCE)
        yield from map(str, keys)


def of_memcached(host: str = "memcached", port: int = 11211) -> Table:
    """Raises Unavailable. The server's own crawler lists its keys, without locking what it lists."""
    try:
        with socket.create_connection((host, port), timeout=DEADLINE) as connection:
            connection.sendall(b"lru_crawler metadump all\r\n")
            lines = [*islice(_lines(connection), MOST_LINES)]
    except OSError as error:
        raise Unavailable("Memcached gives no answer") from error
    return dumped(lines)


def _lines(connection: socket.socket) -> Iterator[str]:
    """Until the dump's end, which is the last of them, or for DEADLINE."""
    ends = time.monotonic() + DEADLINE
    with connection.makefile("rb") as file:
        for line in file:
            text = line.decode("ascii", "replace").rstrip()
            if time.monotonic() > ends:
                return
            if text == END:
                yield text
                return
            if not text.startswith("key="):
                raise OSError(text)  # BUSY: another dump is under way
            yield text


def dumped(lines: Iterable[str]) -> Table:
    """Of a dump's lines: `key=e%3Acard%3A1%3A… exp=… la=… size=…`, and END where it is whole."""
    told = [*lines]
    keys = [unquote(line.split(" ", 1)[0].removeprefix("key=")) for line in told if line != END]
    whole = "all" if told and told[-1] == END else "the first"
    note = f"{whole} {len(keys)} keys, by lru_crawler metadump: neither hits nor misses."
    return _table(Counter(map(policy_of, keys)), note)


def _table(found: Counter[str], note: str) -> Table:
    rows: list[list[Cell]] = [
        [name, n, round(n / found.total(), 4)] for name, n in found.most_common()
    ]
    return table("Keys by policy", COLUMNS, rows, note)
