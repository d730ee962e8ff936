"""Values in Memcached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import cast

from pymemcache.client.base import Client
from pymemcache.exceptions import (
    MemcacheClientError,
    MemcacheServerError,
    MemcacheUnexpectedCloseError,
    MemcacheUnknownError,
)

from .connections import PerThread
from .verbs import Adds, Claimed, Sets, count


class MemcachedStore:
    """deadline: seconds for connecting and for an answer."""

    # The server did what it could and says that it could not: it is there all the same.
    refusals: tuple[type[Exception], ...] = (MemcacheServerError, MemcacheClientError)

    def __init__(self, host: str, deadline: float) -> None:
        def connect(address: str) -> Client:
            return Client(
                (address, 11211), connect_timeout=deadline, timeout=deadline, no_delay=True
            )

        self._connection = PerThread(host, connect, deadline)

    def look_up(self) -> None:
        self._connection.look_up()

    def ping(self) -> None:
        self._send("ping", [])

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        client = self._connection()
        idle = client.sock is not None
        try:
            return self._get("get", client, keys)
        except (MemcacheUnexpectedCloseError, ConnectionError):
            if not idle:
                raise
        return self._get("get", client, keys)  # the server had closed it while it was idle

    def _get(self, what: str, client: Client, keys: Sequence[str]) -> dict[str, bytes]:
        # The server counts keys, and not commands.
        count("memcached", what, {"get": len(keys)})
        return cast("dict[str, bytes]", client.get_many(keys))

    def claim(self, adds: Adds, read: Sequence[str]) -> Claimed:
        lines = self._send("claim", [_line(b"add", key, *what) for key, what in adds.items()])
        added = (key for key, line in zip(adds, lines, strict=True) if line == b"STORED")
        return Claimed(frozenset(added), self.get_many(read))

    def finish(self, sets: Sets, deletes: Sequence[str]) -> None:
        commands = [_line(b"set", key, *what) for key, what in sets.items()]
        self._send("finish", commands + [b"delete %b\r\n" % key.encode() for key in deletes])

    def tell(self, values: Mapping[str, bytes], seconds: int) -> None:
        lines = [_line(b"set", key, value, seconds) for key, value in values.items()]
        self._send("tell", lines)

    def clear(self) -> None:
        self._connection().flush_all(noreply=False)

    def _send(self, what: str, commands: Sequence[bytes]) -> list[bytes]:
        """Each command's one line of answer, in one round trip. Raises for a refusal among them."""
        # Every line begins with its verb, but those of the no-op, which the server doesn't count.
        count("memcached", what, Counter(line.partition(b" ")[0].decode() for line in commands))
        # The no-op of the meta protocol is answered last, and nothing else is answered so.
        answer: bytes = self._connection().raw_command(b"".join((*commands, b"mn")), b"MN\r\n")
        lines = answer.split(b"\r\n")[:-1]
        if len(lines) != len(commands):
            raise MemcacheUnknownError(f"{len(commands)} commands, {len(lines)} answers")
        refused = next((line for line in lines if b"ERROR" in line), None)
        if refused is not None:
            raise MemcacheServerError(refused.decode("ascii", "replace"))
        return lines


def _line(verb: bytes, key: str, value: bytes, seconds: int) -> bytes:
    return b"%b %b 0 %d %d\r\n%b\r\n" % (verb, key.encode(), seconds, len(value), value)
