"""Every fault, as data. Each is a context: entered it is there, left it is healed, whatever happens.

Most are done to the server itself, with Django connected to it as ever. Those of the network are
done to Toxiproxy, with Django connected to that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import cast

from .engine import FaultError
from .proxy import API, changed, toxic
from .servers import SERVERS, Memcached, Redis, Server

Context = Callable[[Server, float], AbstractContextManager[object]]
"""Of a server and the seconds that the fault is to last."""

STORES = tuple(SERVERS)


@dataclass(frozen=True, slots=True)
class Fault:
    """proxied: whether Django must be connected through Toxiproxy for it."""

    name: str
    says: str
    of: Context
    stores: Sequence[str] = STORES
    proxied: bool = False


@contextmanager
def killed(server: Server, _: float) -> Iterator[None]:
    server.container.kill()
    try:
        yield
    finally:
        server.container.start()


@contextmanager
def paused(server: Server, _: float) -> Iterator[None]:
    server.container.pause()
    try:
        yield
    finally:
        server.container.unpause()


@contextmanager
def read_only(server: Server, _: float) -> Iterator[None]:
    """As the old primary is during a failover: it serves what it has and takes nothing."""
    redis = cast(Redis, server)
    redis.ask("replicaof", "127.0.0.1", "1")
    try:
        if not redis.refuses_writes():
            raise FaultError("Redis takes writes though it is a replica: see redis.conf")
        yield
    finally:
        redis.ask("replicaof", "no", "one")


@contextmanager
def out_of_memory(server: Server, _: float) -> Iterator[None]:
    redis = cast(Redis, server)
    before = {name: redis.setting(name) for name in ("maxmemory", "maxmemory-policy")}
    try:
        redis.ask("config", "set", "maxmemory", "1", "maxmemory-policy", "noeviction")
        if not redis.refuses_writes():
            raise FaultError("Redis takes writes though it may use 1 byte: see redis.conf")
        yield
    finally:
        redis.ask("config", "set", *(word for pair in before.items() for word in pair))


@contextmanager
def full(server: Server, seconds: float) -> Iterator[None]:
    """Memcached with the least memory that it accepts, and somebody who fills it all the time."""
    memcached = cast(Memcached, server)
    before, evicted = memcached.megabytes(), memcached.evictions()
    memcached.ask("cache_memlimit", "8")
    try:
        with _tampering("filled")(server, seconds):
            yield
        if memcached.evictions() == evicted:
            raise FaultError("Memcached evicted nothing though somebody filled it")
    finally:
        memcached.ask("cache_memlimit", str(before))


def _tampering(how: str) -> Context:
    @contextmanager
    def tampered(server: Server, seconds: float) -> Iterator[None]:
        # It ends by itself: a process in a container outlives whoever started it.
        with ThreadPoolExecutor(1) as beside:
            written = beside.submit(server.tamper, how, seconds)
            yield
            if not written.result():
                raise FaultError(f"no value of {server.service} could be overwritten ({how})")

    return tampered


def _toxic(kind: str, **attributes: int) -> Context:
    return lambda server, _: toxic(server.service, kind, **attributes)


def _refusing(server: Server, _: float) -> AbstractContextManager[None]:
    return changed(server.service, {"enabled": False}, {"enabled": True})


def _another_protocol(server: Server, _: float) -> AbstractContextManager[None]:
    # Toxiproxy's own API speaks HTTP, which neither client does.
    there = API.removeprefix("http://")
    back = f"{server.service}:{server.port}"
    return changed(server.service, {"upstream": there}, {"upstream": back})


FAULTS = (
    Fault("killed", "the server is killed, and its name is gone", killed),
    Fault("paused", "the server's process stands still: connections hang", paused),
    Fault("read-only", "the server answers reads and refuses writes", read_only, ["redis"]),
    Fault("out of memory", "the server refuses what needs memory", out_of_memory, ["redis"]),
    Fault("full", "the server has 8 MB and somebody fills them", full, ["memcached"]),
    Fault(
        "garbage values", "all values become random bytes, again and again", _tampering("garbage")
    ),
    Fault("flipped bits", "a bit of every value turns: wrong signatures", _tampering("flipped")),
    Fault("swapped values", "every key holds its neighbour's value", _tampering("swapped")),
    Fault("slow", "answers come after 2 s", _toxic("latency", latency=2000), proxied=True),
    Fault("refusing", "connections are refused", _refusing, proxied=True),
    Fault("hanging", "answers never come", _toxic("timeout", timeout=0), proxied=True),
    Fault("resetting", "connections are reset", _toxic("reset_peer", timeout=0), proxied=True),
    Fault("cut", "answers end after 64 bytes", _toxic("limit_data", bytes=64), proxied=True),
    Fault("another protocol", "something else answers, in HTTP", _another_protocol, proxied=True),
)

SAYS = {fault.name: fault.says for fault in FAULTS}

SHORT = ("killed", "hanging", "flipped bits")
"""One of each kind: the server, the network, the values."""
