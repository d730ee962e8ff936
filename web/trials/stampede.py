"""Many callers, one key, nothing kept: who computes, and how long the others wait.

Every process is a fork of one parent, whose shared memory counts the computations: a process that is
killed while it computes has been counted all the same.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from ctypes import c_double, c_int
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.queues import Queue
from typing import Any

from caching import Dies, Use, policy

_fork = get_context("fork")
_computed = _fork.Value(c_int, 0)
_die = _fork.Value(c_int, 0)
_seconds = _fork.Value(c_double, 0.5)
# Moments in which somebody computed: (began, ended), by this process.
_spans: list[tuple[float, float]] = []


def _work() -> float:
    began = time.monotonic()
    with _computed:
        _computed.value += 1
    with _die:
        dies, _die.value = bool(_die.value), 0
    if dies:
        time.sleep(_seconds.value / 2)
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(_seconds.value)
    _spans.append((began, time.monotonic()))
    return began


@policy(use=Use.FRAGMENTS, tags=lambda name: [f"trial:{name}"])
def slow_value(name: str) -> float:
    """Takes a while to compute. Dies by invalidation."""
    return _work()


@policy(use=Use.FRAGMENTS, tags=lambda caller: ["trial:ready"])
def ready(caller: int) -> int:
    """Costs nothing: by it a caller opens its connection, as one that has served for a while has."""
    return caller


@policy(use=Use.FRAGMENTS, dies=Dies.TTL, ttl=2)
def hot_value(name: str) -> float:
    """Takes a while to compute. Dies by age."""
    return _work()


@dataclass(frozen=True, slots=True)
class Outcome:
    """waits: seconds of each call. spans: (began, ended) of each computation that ended.
    calls: (began, seconds) of each call, on the machine's monotonic clock."""

    computed: int
    answered: int
    values: list[float]
    longest: float
    calls: list[tuple[float, float]] = field(default_factory=list)
    spans: list[tuple[float, float]] = field(default_factory=list)


def stampede(
    name: str, callers: int, processes: int, seconds: float, at: float, die: bool
) -> Outcome:
    """`callers` threads over `processes` ask for one key at the moment `at` (time.time())."""
    _computed.value, _die.value, _seconds.value = 0, int(die), seconds

    def call(number: int, found: list[tuple[float, float]]) -> None:
        ready(number)
        time.sleep(max(0.0, at - time.time()))
        began = time.monotonic()
        value = slow_value(name)
        found.append((value, time.monotonic() - began))

    def process(results: Queue[Any]) -> None:
        found: list[tuple[float, float]] = []
        threads = [
            threading.Thread(target=call, args=(number, found))
            for number in range(callers // processes)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        results.put(found)

    found = [each for part in _run(process, processes) for each in part]
    return Outcome(
        computed=_computed.value,
        answered=len(found),
        values=sorted({value for value, _ in found}),
        longest=max((waited for _, waited in found), default=0.0),
    )


def hot(name: str, processes: int, seconds: float, lasts: float, at: float) -> Outcome:
    """Readers in a closed loop on a key that dies by age every two seconds, until it died often."""
    _computed.value, _die.value, _seconds.value = 0, 0, seconds

    def process(results: Queue[Any]) -> None:
        # Not in the parent: a fork must not share a connection that the first lookup opens.
        hot_value(name)
        _spans.clear()
        time.sleep(max(0.0, at - time.time()))
        calls = []
        ends = time.monotonic() + lasts
        while time.monotonic() < ends:
            began = time.monotonic()
            hot_value(name)
            calls.append((began, time.monotonic() - began))
            time.sleep(0.002)
        results.put((calls, _spans))

    parts = _run(process, processes)
    calls = [call for part, _ in parts for call in part]
    return Outcome(
        computed=_computed.value,
        answered=len(calls),
        values=[],
        longest=max((waited for _, waited in calls), default=0.0),
        calls=calls,
        spans=[span for _, spans in parts for span in spans],
    )


def _run(target: Any, processes: int) -> list[Any]:
    """What each process put, but for those that were killed."""
    results: Any = _fork.Queue()
    started = [_fork.Process(target=target, args=(results,)) for _ in range(processes)]
    for each in started:
        each.start()
    parts: list[Any] = []
    while len(parts) < processes:
        if not results.empty():
            parts.append(results.get())
        elif not any(each.is_alive() for each in started):
            break
        time.sleep(0.01)
    for each in started:
        each.join(30)
    while not results.empty():
        parts.append(results.get())
    return parts
