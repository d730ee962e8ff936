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

    open_ is given the host's address. It is looked up once, and again only by `look_up`: no deadline
    covers that, and the name of a server that is gone can take seconds to be not found.
    """

    def __init__(self, host: str, open_: Callable[[str], C]) -> None:
        self._host = host
        self._open = open_
        self._held = threading.local()
        self._address = ""

    def __call__(self) -> C:
        held = self._held
        if not self._address:
            self.look_up()
        # A forked child holds its parent's socket: two processes would read each other's answers.
        whose = os.getpid(), self._address
        if getattr(held, "whose", None) != whose:
            held.connection, held.whose = self._open(self._address), whose
        return held.connection  # type: ignore[no-any-return]

    def look_up(self) -> None:
        """Finds the host where it is now. Raises OSError."""
        self._address = str(socket.getaddrinfo(self._host, None, type=socket.SOCK_STREAM)[0][4][0])
