"""A cache server that fails is a slow cache, never an error.

The breaker opens when the server gives no answer within the deadline. While it is open nobody asks:
a thread of its own does, and closes it when the server answers again. So the first requests pay a
deadline each, and none after them.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from .. import metrics
from .verbs import Adds, Claimed, Sets

T = TypeVar("T")

log = logging.getLogger("caching")

# Seconds between two questions whether the server is back.
PROBE = 0.25
NOBODY = "probe"


class Failing(Protocol):
    """A store that says which of its exceptions mean that the server failed, and which that it
    answered and refused."""

    failures: tuple[type[Exception], ...]
    refusals: tuple[type[Exception], ...]

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]: ...
    def claim(self, adds: Adds, read: Sequence[str]) -> Claimed: ...
    def finish(self, sets: Sets, deletes: Sequence[str]) -> None: ...
    def tell(self, values: Mapping[str, bytes], seconds: int) -> None: ...
    def clear(self) -> None: ...


class ResilientStore:
    """Another store, whose failures are misses, with a breaker."""

    def __init__(self, store: Failing) -> None:
        self._store = store
        self._closed = threading.Event()
        self._closed.set()
        self._opening = threading.Lock()

    @property
    def answers(self) -> bool:
        return self._closed.is_set()

    def get_many(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        return self._guard("get", lambda: self._store.get_many(keys)) or {}

    def claim(self, adds: Adds, read: Sequence[str]) -> Claimed | None:
        return self._guard("claim", lambda: self._store.claim(adds, read))

    def finish(self, sets: Sets, deletes: Sequence[str]) -> bool:
        return self._guard("set", lambda: _done(self._store.finish, sets, deletes)) is True

    # Even while the breaker is open: this process may be the only one that can't reach the server,
    # and the others would go on believing what was just made untrue. Nor do these two open it: the
    # server may only have closed a connection that was idle, and whoever tells it tells it again.
    def tell(self, values: Mapping[str, bytes], seconds: int) -> bool:
        return self._ask("tell", lambda: _done(self._store.tell, values, seconds), False) is True

    def clear(self) -> bool:
        return self._ask("clear", lambda: _done(self._store.clear), False) is True

    def _guard(self, call: str, ask: Callable[[], T]) -> T | None:
        if not self._closed.is_set():
            metrics.of(metrics.ERRORS, call, "open").inc()
            return None
        return self._ask(call, ask)

    def _ask(self, call: str, ask: Callable[[], T], opens: bool = True) -> T | None:
        try:
            return ask()
        except self._store.refusals as refusal:
            metrics.of(metrics.ERRORS, call, "refused").inc()
            log.debug("the upstream cache refused a %s: %s", call, refusal)
        except self._store.failures as failure:
            metrics.of(metrics.ERRORS, call, "no_answer").inc()
            if opens:
                self._open(failure)
        return None

    def _open(self, failure: Exception) -> None:
        with self._opening:
            if not self._closed.is_set():
                return
            self._closed.clear()
        log.warning("the upstream cache does not answer, and rests: %s", failure)
        threading.Thread(target=self._probe, name="caching-probe", daemon=True).start()

    def _probe(self) -> None:
        nobody = threading.Event()
        while not nobody.wait(PROBE):
            try:
                self._store.get_many([NOBODY])
            except self._store.refusals:
                break
            except self._store.failures:
                continue
            break
        self._closed.set()
        log.warning("the upstream cache answers again")


def _done(call: Callable[..., None], *arguments: object) -> bool:
    call(*arguments)
    return True
