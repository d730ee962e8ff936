"""What is done to the upstream cache while it is read and written, again and again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

from . import stack


def restart(store: str) -> None:
    """It comes back empty, and every connection to it is gone."""
    stack.compose("restart", "--timeout", "0", store)


def flush(store: str) -> None:
    """Entries and stamps are gone, connections stay."""
    if store == "redis":
        stack.inside("redis", "redis-cli", "flushall")
    else:
        stack.ask_memcached("flush_all")


def fill(store: str) -> None:
    """It is full, and evicts entries and stamps as it sees fit. The server's counter tells."""
    # By its id: `compose exec web` may choose the checker's own container, which ends meanwhile.
    replica = stack.containers()["web"][0]["Id"]
    stack.run("docker", "exec", replica, "python", "manage.py", "fill_cache", "--evictions", "5000")


def pause(store: str) -> None:
    """Connections hang, and what it held is there again afterwards."""
    stack.compose("pause", store)
    try:
        time.sleep(2)
    finally:
        stack.compose("unpause", store)


@dataclass(frozen=True)
class Disturbance:
    """once: one round, given the store's name. rest: seconds between two rounds."""

    once: Callable[[str], None]
    rest: float


DISTURBANCES: dict[str, Disturbance] = {
    "restart": Disturbance(restart, 3),
    "flush": Disturbance(flush, 0.5),
    "fill": Disturbance(fill, 0),
    "pause": Disturbance(pause, 3),
}


@contextmanager
def going_on(name: str, store: str) -> Iterator[Callable[[], int]]:
    """Disturbs the store within the block, in rounds; gives how many were completed. Raises what
    a round raised. Without a name nothing is disturbed."""
    rounds, failures, stop = [0], [], Event()

    def disturb() -> None:
        while not stop.is_set():
            try:
                DISTURBANCES[name].once(store)
            except stack.CommandError as failure:
                failures.append(failure)
                return
            rounds[0] += 1
            stop.wait(DISTURBANCES[name].rest)

    thread = Thread(target=disturb, daemon=True)
    if name:
        thread.start()
    try:
        yield lambda: rounds[0]
    finally:
        stop.set()
        if name:
            thread.join()
    for failure in failures:
        raise failure
