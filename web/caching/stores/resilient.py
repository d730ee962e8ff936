"""A cache server that fails is a slow cache, never an error."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

T = TypeVar("T")

log = logging.getLogger("caching")

# After a failure the server is left alone this long: one request pays a deadline, not every one.
REST = 1.0


class Failing(Protocol):
    """A store that says which of its exceptions mean that the server failed."""

    failures: tuple[type[Exception], ...]

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]: ...
    def set_many(self, values: Mapping[str, bytes], seconds: int) -> None: ...
    def add(self, key: str, value: bytes, seconds: int) -> bool: ...
    def delete(self, key: str) -> None: ...
    def clear(self) -> object: ...


class ResilientStore:
    """Another store, whose failures are misses, and which rests after one."""

    def __init__(self, store: Failing) -> None:
        self._store = store
        self._rests_until = 0.0

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        return self._try(lambda: self._store.get_many(keys), {})

    def set_many(self, values: Mapping[str, bytes], seconds: int) -> None:
        self._try(lambda: self._store.set_many(values, seconds), None)

    def put(self, values: Mapping[str, bytes], seconds: int) -> bool:
        return self._always(lambda: self._store.set_many(values, seconds))

    def _always(self, call: Callable[[], object]) -> bool:
        # Even while it rests: this process may be the only one that can't reach the server, and
        # the others would go on believing what was just made untrue.
        try:
            call()
        except self._store.failures as failure:
            self._fail(failure)
            return False
        return True

    def add(self, key: str, value: bytes, seconds: int) -> bool:
        return self._try(lambda: self._store.add(key, value, seconds), False)

    def delete(self, key: str) -> None:
        self._try(lambda: self._store.delete(key), None)

    def clear(self) -> bool:
        return self._always(self._store.clear)

    def _try(self, call: Callable[[], T], otherwise: T) -> T:
        if time.monotonic() < self._rests_until:
            return otherwise
        try:
            return call()
        except self._store.failures as failure:
            self._fail(failure)
            return otherwise

    def _fail(self, failure: Exception) -> None:
        self._rests_until = time.monotonic() + REST
        log.warning("the upstream cache failed: %s", failure)
