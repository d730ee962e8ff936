"""One connection for each thread, opened when it is first needed and never shared with a fork."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

C = TypeVar("C")


class PerThread(Generic[C]):
    """`PerThread(host, open_)()` is this thread's own. A pool would hand one over at each call, for
    more than the call itself costs; threads are as few as the server's settings say.

    open_ is given the host's address. It is looked up once, and again only by `look_up`: the name of a server
    that is gone can take seconds to be not found. A caller waits `deadline` seconds for the first look-up.
    """

    def __init__(self, host: str, open_: Callable[[str], C], deadline: float) -> None:
        self._host = host
        self._deadline = deadline
        self._open = open_
        self._held = threading.local()
        self._address = ""

    def __call__(self) -> C:
        held = self._held
        if not self._address:
            self._first_look_up()
        # A forked child holds its parent's socket: two processes would read each other's answers.
        whose = os.getpid(), self._address
        if getattr(held, "whose", None) != whose:
            held.connection, held.whose = self._open(self._address), whose
        return held.connection  # type: ignore[no-any-return]

    def _first_look_up(self) -> None:
        """Raises OSError where it fails, or takes longer than a caller waits; it may still succeed later."""
        failed: list[OSError] = []

        def look_up() -> None:
            try:
                self.look_up()
            except OSError as error:
                failed.append(error)

        looking = threading.Thread(target=look_up, name="caching-address", daemon=True)
        looking.start()
        looking.join(self._deadline)
        if failed:
            raise failed[0]
        if not self._address:
            raise TimeoutError(f"the name {self._host} is not found within {self._deadline:g} s")

    def look_up(self) -> None:
        """Finds the host where it is now. Raises OSError."""
        self._address = str(socket.getaddrinfo(self._host, None, type=socket.SOCK_STREAM)[0][4][0])
