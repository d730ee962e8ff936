"""What the machine did that makes a run's figures its own rather than the stack's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.result import Flag, Health


@dataclass(frozen=True)
class Limit:
    """One figure of Health and how much of it is borne. `said`: a format with the figure as `{0}`."""

    code: str
    figure: Callable[[Health], float | None]
    bears: Callable[[float], bool]
    said: str
    advice: str
    fatal: bool = True


def at_most(limit: float) -> Callable[[float], bool]:
    return lambda value: value <= limit


def at_least(limit: float) -> Callable[[float], bool]:
    return lambda value: value >= limit


STOLEN = 0.05
FOREIGN = 0.10
"""Of all cores, as is what was stolen."""
CLOCK = 0.1
"""Seconds. A clock that is being adjusted moves by 0.0005 of the time (adjtimex(2))."""
MEMORY_MIB = 256.0
SWAPPED_MIB = 16.0
STALLED = 0.05
DISK_MIB = 512.0
THROTTLED = 0.1
"""Seconds over a run, all services together."""

LIMITS = (
    Limit(
        "stolen",
        lambda health: health.stolen_share,
        at_most(STOLEN),
        "the hypervisor gave {0:.0%} of the processors' time to others",
        "measure at another time, or on a machine that is not shared",
    ),
    Limit(
        "foreign",
        lambda health: health.foreign_share,
        at_most(FOREIGN),
        "processes that have nothing to do with the run used {0:.0%} of the processors' time",
        "stop what else runs here (top shows it), and measure again",
    ),
    Limit(
        "restarted",
        lambda health: health.restarted,
        at_most(0),
        "a container on the path was started anew, came or went: its counts, and its CPU, began anew",
        "leave the stack alone meanwhile; where nobody touched it, ./scripts/lab logs tells why it ended",
    ),
    Limit(
        "throttled",
        lambda health: health.throttled_seconds,
        at_most(THROTTLED),
        "services were kept from running for {0:.1f} s by their own limits on CPU",
        "what was measured is those limits; take them away unless they are meant",
        fatal=False,
    ),
    Limit(
        "clock",
        lambda health: health.clock_jump_seconds,
        at_most(CLOCK),
        "the wall clock moved by {0:.2f} s against the steady one",
        "let the clock come to rest (timedatectl), and measure again",
    ),
    Limit(
        "memory",
        lambda health: health.memory_available_mib,
        at_least(MEMORY_MIB),
        "only {0:.0f} MiB of memory were left",
        "stop what else runs here, or have fewer LAB_REPLICAS",
    ),
    Limit(
        "memory",
        lambda health: health.swapped_mib,
        at_most(SWAPPED_MIB),
        "{0:.0f} MiB were moved between memory and swap",
        "stop what else runs here, or have fewer LAB_REPLICAS",
    ),
    Limit(
        "memory",
        lambda health: health.memory_stall_share,
        at_most(STALLED),
        "something waited for memory in {0:.0%} of the time",
        "stop what else runs here, or have fewer LAB_REPLICAS",
    ),
    Limit(
        "disk",
        lambda health: health.disk_free_mib,
        at_least(DISK_MIB),
        "only {0:.0f} MiB are left on a disk that results or containers are written to",
        "make room: docker system df shows what images and volumes take",
    ),
)


def flags(health: Health) -> list[Flag]:
    """What can't be told stands against nothing."""
    return [
        Flag(limit.code, limit.said.format(value), limit.advice, limit.fatal)
        for limit in LIMITS
        if (value := limit.figure(health)) is not None and not limit.bears(value)
    ]
