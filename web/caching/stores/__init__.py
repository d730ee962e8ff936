"""Where values live. A store that fails is a miss, never an error.

Every store has the same verbs; keys are text, values bytes, lifetimes whole seconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Protocol

from ..conf import conf
from .local import LocalStore
from .memcached import MemcachedStore
from .redis import RedisStore
from .resilient import ResilientStore


class Store(Protocol):
    """What the engine needs of a cache server."""

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        """What is there of these keys, in one round trip."""

    def set_many(self, values: Mapping[str, bytes], seconds: int) -> None:
        """Puts these values, in one round trip."""

    def put(self, values: Mapping[str, bytes], seconds: int) -> bool:
        """Puts these values, and tells whether the server holds them now."""

    def add(self, key: str, value: bytes, seconds: int) -> bool:
        """Puts the value if the key is free; whether it did."""

    def delete(self, key: str) -> None:
        """Frees the key."""

    def clear(self) -> bool:
        """Forgets everything, and tells whether the server did."""


@lru_cache(maxsize=1)
def current() -> Store | None:
    """The store that the settings name; None when the upstream cache is off."""
    settings = conf()
    match settings.store:
        case "redis":
            return ResilientStore(RedisStore(settings.host, settings.deadline))
        case "memcached":
            return ResilientStore(MemcachedStore(settings.host, settings.deadline))
        case "local":
            return LocalStore()
        case "off":
            return None
    raise ValueError(f"CACHING store={settings.store}: accepted: redis, memcached, local, off")
