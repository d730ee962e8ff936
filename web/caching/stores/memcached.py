"""Values in Memcached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from pymemcache.client.base import PooledClient
from pymemcache.exceptions import MemcacheError

# The server's item limit is 1 MB with the key and its own header.
LARGEST = 1_000_000


class MemcachedStore:
    """One pool of connections a process. deadline: seconds for connecting and for an answer."""

    failures: tuple[type[Exception], ...] = (MemcacheError, OSError)

    def __init__(self, host: str, deadline: float) -> None:
        self._client = PooledClient(
            (host, 11211),
            connect_timeout=deadline,
            timeout=deadline,
            no_delay=True,
            max_pool_size=16,
            default_noreply=False,
        )

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        return cast("dict[str, bytes]", self._client.get_many(list(keys)))

    def set_many(self, values: Mapping[str, bytes], seconds: int) -> None:
        small = {key: value for key, value in values.items() if len(value) <= LARGEST}
        failed = self._client.set_many(small, expire=seconds)
        if failed:
            raise MemcacheError(f"{len(failed)} of {len(small)} values were not stored")

    def add(self, key: str, value: bytes, seconds: int) -> bool:
        return bool(self._client.add(key, value, expire=seconds))

    def delete(self, key: str) -> None:
        self._client.delete(key)

    def clear(self) -> None:
        self._client.flush_all()
