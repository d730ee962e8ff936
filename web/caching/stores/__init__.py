"""Where values live. A store that fails is a miss, never an error.

Every store has the same verbs; keys are text, values bytes, lifetimes whole seconds.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Protocol

from ..conf import conf, derives_from_settings
from .local import LocalStore
from .memcached import MemcachedStore
from .redis import RedisStore
from .resilient import ResilientStore
from .verbs import Adds, Claimed, Sets

__all__ = ["Adds", "Claimed", "Sets", "Store", "current"]


class Store(Protocol):
    """What the engine needs of a cache server. Whatever fails says so by its answer."""

    def get_many(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """What is there of these keys, in one round trip."""

    def claim(self, adds: Adds, read: Sequence[str]) -> Claimed | None:
        """Puts what is free of `adds`, *then* reads; None where the server did not do it."""

    def finish(self, sets: Sets, deletes: Sequence[str]) -> bool:
        """Puts, *then* frees, in one round trip; whether the server did."""

    def tell(self, values: Mapping[str, bytes], seconds: int) -> bool:
        """Puts these values even where the server was last seen down; whether it holds them."""

    def clear(self) -> bool:
        """Forgets everything, and tells whether the server did."""

    @property
    def answers(self) -> bool:
        """Whether the server was last seen to answer."""


@lru_cache(maxsize=1)
def current() -> Store | None:
    """The store that the settings name; None when the upstream cache is off."""
    settings = conf()
    match settings.store:
        case "redis":
            return ResilientStore(RedisStore(settings.host, settings.deadline), settings.deadline)
        case "memcached":
            return ResilientStore(
                MemcachedStore(settings.host, settings.deadline), settings.deadline
            )
        case "local":
            return LocalStore()
        case "off":
            return None
    raise ValueError(f"CACHING store={settings.store}: accepted: redis, memcached, local, off")


derives_from_settings(current.cache_clear)
# A fork has its parent's locks and sockets, and not its threads.
os.register_at_fork(after_in_child=current.cache_clear)
