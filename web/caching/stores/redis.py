"""Values in Redis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from .connections import PerThread
from .verbs import Adds, Claimed, Sets, count

Command = tuple[Any, ...]


class RedisStore:
    """deadline: seconds for connecting and for an answer.

    It speaks through redis-py's own connections: its client spends on a MGET twice what the
    connection does (docs/upstream.md has the figures).
    """

    # The server did what it could and says that it could not: it is there all the same.
    refusals: tuple[type[Exception], ...] = (redis.ResponseError,)

    def __init__(self, host: str, deadline: float) -> None:
        def connect(address: str) -> redis.Connection:
            return redis.Connection(
                host=address,
                socket_timeout=deadline,
                socket_connect_timeout=deadline,
                retry=Retry(NoBackoff(), 0),
            )

        self._connection = PerThread(host, connect, deadline)

    def look_up(self) -> None:
        self._connection.look_up()

    def ping(self) -> None:
        self._ask("ping", ("PING",))

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        (values,) = self._ask("get", ("MGET", *keys))
        return _found(keys, values)

    def claim(self, adds: Adds, read: Sequence[str]) -> Claimed:
        commands = [("SET", key, value, "NX", "EX", s) for key, (value, s) in adds.items()]
        *were_free, values = self._ask("claim", *commands, ("MGET", *read))
        added = frozenset(key for key, free in zip(adds, were_free, strict=True) if free)
        return Claimed(added, _found(read, values))

    def finish(self, sets: Sets, deletes: Sequence[str]) -> None:
        commands: list[Command] = [
            ("SET", key, value, "EX", seconds) for key, (value, seconds) in sets.items()
        ]
        self._ask("finish", *commands, *([("DEL", *deletes)] if deletes else []))

    def tell(self, values: Mapping[str, bytes], seconds: int) -> None:
        # Once only: see `renew` in caching/stamps.py.
        commands = (("SET", key, value, "EX", seconds) for key, value in values.items())
        self._ask("tell", *commands, again=False)

    def clear(self) -> None:
        self._ask("clear", ("FLUSHDB",))

    def _ask(self, what: str, *commands: Command, again: bool = True) -> list[Any]:
        """The answers of all commands. Raises the first refusal, after all were read.

        what: the question that they make together, for the count of round trips.
        again: ask once more on a new connection, where the server may have closed this one while
        it was idle.
        """
        connection = self._connection()
        again = again and connection.is_connected
        packed = connection.pack_commands(commands)
        count("redis", what, Counter(command[0] for command in commands))
        try:
            connection.send_packed_command(packed, check_health=False)
            return _answers(connection, len(commands))
        except self.refusals:
            raise
        except (redis.ConnectionError, OSError):
            connection.disconnect()
            if not again:
                raise
        except BaseException:  # an answer that comes late must not be taken for the next one's
            connection.disconnect()
            raise
        return self._ask(what, *commands, again=False)


def _answers(connection: redis.Connection, number: int) -> list[Any]:
    answers, refusal = [], None
    for _ in range(number):
        try:
            answers.append(connection.read_response())
        except redis.ResponseError as error:
            refusal = refusal or error
    if refusal:
        raise refusal
    return answers


def _found(keys: Sequence[str], values: Sequence[bytes | None]) -> dict[str, bytes]:
    found = {key: value for key, value in zip(keys, values, strict=True) if value is not None}
    if not all(isinstance(value, bytes) for value in found.values()):
        raise redis.InvalidResponse("what was read is no text")
    return found
