"""A cache server that fails is a slow cache, never an error.

The breaker opens when the server gives no answer within the deadline. While it is open nobody asks:
a thread of its own does, and closes it when the server answers again. So the first requests pay a
deadline each, and none after them.
"""

from __future__ import annotations

import logging
import threading
import time
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
    """A store that says which of its exceptions mean that the server answered and refused; all others
    mean that it failed."""

    refusals: tuple[type[Exception], ...]

    def look_up(self) -> None: ...
    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]: ...
    def claim(self, adds: Adds, read: Sequence[str]) -> Claimed: ...
    def finish(self, sets: Sets, deletes: Sequence[str]) -> None: ...
    def tell(self, values: Mapping[str, bytes], seconds: int) -> None: ...
    def clear(self) -> None: ...


class ResilientStore:
    """Another store, whose failures are misses, with a breaker."""

    def __init__(self, store: Failing, deadline: float = 0.25) -> None:
        self._store = store
        self._slow = 4 * deadline
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
        began = time.monotonic()
        try:
            answer = ask()
        except self._store.refusals as refusal:
            metrics.of(metrics.ERRORS, call, "refused").inc()
            log.debug("the upstream cache refused a %s: %s", call, refusal)
            return None
        except (
            Exception
        ) as failure:  # what a client makes of an answer that is none, it may call anything
            metrics.of(metrics.ERRORS, call, "no_answer").inc()
            if opens:
                self._open(failure)
            return None
        # Each part of an answer had its deadline; all of them together may still be too much.
        if opens and time.monotonic() - began > self._slow:
            metrics.of(metrics.ERRORS, call, "slow").inc()
            self._open(TimeoutError(f"a {call} took over {self._slow:g} s"))
        return answer

    def _open(self, failure: Exception) -> None:
        with self._opening:
            if not self._closed.is_set():
                return
            self._closed.clear()
        log.warning("the upstream cache does not answer, and rests: %s", failure)
        try:
            threading.Thread(target=self._probe, name="caching-probe", daemon=True).start()
        except RuntimeError:  # no thread to be had: the next request is the probe
            self._closed.set()

    def _probe(self) -> None:
        nobody = threading.Event()
        while not nobody.wait(PROBE):
            try:
                self._store.look_up()  # it may be back at another address
                began = time.monotonic()
                self._store.get_many([NOBODY])
            except self._store.refusals:
                break
            except Exception as failure:
                log.debug("the upstream cache does not answer yet: %s", failure)
                continue
            if time.monotonic() - began < self._slow:
                break
        self._closed.set()
        log.warning("the upstream cache answers again")


def _done(call: Callable[..., None], *arguments: object) -> bool:
    call(*arguments)
    return True
