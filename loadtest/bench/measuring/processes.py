"""CPU time of processes that have nothing to do with a run: what else the machine was busy with.

Told by process (proc(5)), since the machine's total holds more: the engine, which starts a process for each
health check, and what the kernel does in nobody's name. Both belong to running a stack.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

PROC = Path("/proc")

ENGINE = re.compile(r"(?:dockerd|containerd|containerd-shim.*|docker-.*|docker|runc.*)$")
"""Names of the engine's processes, and of the commands that it is told by."""

INIT = 1
"""The process that inherits what others leave behind. A container's shim is left to it, and when that ends,
so is the container's time: all that the load has used, and somebody else's at first sight."""

KERNEL = 2
"""The process whose children are the kernel's own threads."""

CONTAINER = re.compile(r"\b[0-9a-f]{64}\b")


def others_ms(proc: Path, ours: Collection[str], own: int, ticks: int) -> int:
    """Milliseconds that all processes but these have used: those of the containers `ours` (their ids),
    process `own`, the engine's and the kernel's. ticks: a second's.

    Only ever growing: the time of a child that ended is its parent's (`cutime`); but not that of INIT's.
    """
    spent = sum(_spent(stat) for stat in _stats(proc, ours, own))
    return spent * 1000 // ticks


def _stats(proc: Path, ours: Collection[str], own: int) -> Iterator[str]:
    for folder in proc.iterdir():
        if not folder.name.isdecimal() or int(folder.name) in (own, KERNEL):
            continue
        try:
            stat = (folder / "stat").read_text(encoding="utf-8", errors="replace")
            groups = (folder / "cgroup").read_text(encoding="utf-8", errors="replace")
        except OSError:  # it ended just now
            continue
        name, fields = _name(stat), _fields(stat)
        kernels = int(fields[1]) == KERNEL
        if (
            not kernels
            and not ENGINE.match(name)
            and not set(CONTAINER.findall(groups)) & set(ours)
        ):
            yield stat


def _name(stat: str) -> str:
    """What stands in brackets; it may hold brackets itself."""
    return stat[stat.index("(") + 1 : stat.rindex(")")]


def _fields(stat: str) -> list[str]:
    """What follows the name: the state, the parent, …"""
    return stat[stat.rindex(")") + 1 :].split()


def _spent(stat: str) -> int:
    """utime, stime, and but for INIT cutime and cstime, in ticks."""
    end = 13 if stat.startswith(f"{INIT} ") else 15
    return sum(map(int, _fields(stat)[11:end]))
