"""Values in Redis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry


class RedisStore:
    """One pool of connections a process. deadline: seconds for connecting and for an answer."""

    failures: tuple[type[Exception], ...] = (redis.RedisError, OSError)

    def __init__(self, host: str, deadline: float) -> None:
        self._redis = redis.Redis(
            host=host,
            socket_timeout=deadline,
            socket_connect_timeout=deadline,
            # Once more at once, for a connection that the server closed while it was idle.
            retry=Retry(NoBackoff(), 1),
            retry_on_error=[redis.ConnectionError],
        )

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        found = cast("list[bytes | None]", self._redis.mget(keys))
        return {key: value for key, value in zip(keys, found, strict=True) if value is not None}

    def set_many(self, values: Mapping[str, bytes], seconds: int) -> None:
        pipeline = self._redis.pipeline(transaction=False)
        for key, value in values.items():
            pipeline.set(key, value, ex=seconds)
        pipeline.execute()

    def add(self, key: str, value: bytes, seconds: int) -> bool:
        return bool(self._redis.set(key, value, ex=seconds, nx=True))

    def delete(self, key: str) -> None:
        self._redis.delete(key)

    def clear(self) -> None:
        self._redis.flushdb()
