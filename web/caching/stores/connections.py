"""One connection for each thread, opened when it is first needed and never shared with a fork."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

C = TypeVar("C")


class PerThread(Generic[C]):
    """`connection()` is this thread's own. A pool would hand one over at each call, for more than
    the call itself costs; threads are as few as the server's settings say."""

    def __init__(self, open_: Callable[[], C]) -> None:
        self._open = open_
        self._held = threading.local()

    def __call__(self) -> C:
        held = self._held
        # A forked child holds its parent's socket: two processes would read each other's answers.
        if getattr(held, "process", None) != os.getpid():
            held.connection, held.process = self._open(), os.getpid()
        return held.connection  # type: ignore[no-any-return]
