"""The whole machine's processors, from /proc/stat (proc(5)). What others used is in `processes`."""

from __future__ import annotations

import re

FIELDS = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")


def read(stat: str, ticks: int) -> dict[str, int]:
    """`machine.all_ms`, and of it `machine.stolen_ms`, over all cores since the start.

    ticks: a second's (`sysconf(_SC_CLK_TCK)`). {} where the text is none of Linux'. What guests of this
    machine used is in `user` already.
    """
    line = re.search(r"^cpu +([\d ]+)$", stat, re.MULTILINE)
    if not line:
        return {}
    spent = dict(zip(FIELDS, map(int, line[1].split()), strict=False))
    ms = 1000 / ticks
    return {
        "machine.all_ms": int(sum(spent.values()) * ms),
        "machine.stolen_ms": int(spent.get("steal", 0) * ms),
    }
