"""A cache server that fails is a slow cache, never an error.

The breaker opens when the server gives no answer within the deadline. While it is open nobody asks:
a thread of its own does, and closes it when the server answers again. So the first requests pay a
deadline each, and none after them. The same thread asks where no request has for a while, or each
process that had nothing to do would hold up its next reader to find out what the others know.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Protocol, TypeVar
from weakref import ref

from .. import metrics
from .verbs import Adds, Claimed, Sets

T = TypeVar("T")

log = logging.getLogger("caching")

# Seconds between two questions whether the server is back.
PROBE = 0.25
# Seconds without an answer after which a process asks whether the server is there.
QUIET = 0.4
NOBODY = "probe"


class Failing(Protocol):
    """A store that says which of its exceptions mean that the server answered and refused; all others
    mean that it failed."""

    refusals: tuple[type[Exception], ...]

    def look_up(self) -> None: ...
    def ping(self) -> None: ...
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
        self._heard = 0.0
        self._guarded = False

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
        if not self._guarded:
            self._start_guardian()
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
        now = time.monotonic()
        # Each part of an answer had its deadline; all of them together may still be too much.
        if opens and now - began > self._slow:
            metrics.of(metrics.ERRORS, call, "slow").inc()
            self._open(TimeoutError(f"a {call} took over {self._slow:g} s"))
        self._heard = now
        return answer

    def _open(self, failure: Exception) -> None:
        with self._opening:
            if not self._closed.is_set():
                return
            # Without a guardian (no thread to be had) nobody would close it: the next request asks.
            if self._guarded:
                self._closed.clear()
        log.warning("the upstream cache does not answer, and rests: %s", failure)

    def _start_guardian(self) -> None:
        with self._opening:
            if self._guarded:
                return
            # It must not keep alive a store that nobody uses any more.
            guard = threading.Thread(
                target=_guard_while_used, args=(ref(self),), name="caching-guardian", daemon=True
            )
            with suppress(RuntimeError):
                guard.start()
                self._guarded = True

    def look_after(self) -> None:
        """Opens the breaker where the server is gone and nobody has asked; closes it when it is back."""
        if not self._closed.is_set():
            self._probe()
        elif time.monotonic() - self._heard > QUIET:
            self._ask("ping", lambda: _done(self._store.ping))

    def _probe(self) -> None:
        try:
            self._store.look_up()  # it may be back at another address
            began = time.monotonic()
            self._store.get_many([NOBODY])
        except self._store.refusals:
            pass
        except Exception as failure:
            log.debug("the upstream cache does not answer yet: %s", failure)
            return
        else:
            if time.monotonic() - began >= self._slow:
                return
        self._heard = time.monotonic()
        self._closed.set()
        log.warning("the upstream cache answers again")


def _guard_while_used(reference: ref[ResilientStore]) -> None:
    nobody = threading.Event()
    while not nobody.wait(PROBE):
        store = reference()
        if store is None:
            return
        store.look_after()
        del store


def _done(call: Callable[..., None], *arguments: object) -> bool:
    call(*arguments)
    return True
