"""Memcached: `stats`. A `get` counts once for each key in it, an `add` is a `set`; what is no question
for a value (`version`, `stats`, the no-op `mn`) is not counted."""

from __future__ import annotations

import re

PORT = 11211
REQUEST = "stats\r\nquit\r\n"

NAMES = {
    "hits": "get_hits",
    "misses": "get_misses",
    "gets": "cmd_get",
    "sets": "cmd_set",
    "deletes_done": "delete_hits",
    "deletes_missed": "delete_misses",
    "evicted": "evictions",
    "bytes_in": "bytes_read",
    "bytes_out": "bytes_written",
}


def read(text: str) -> dict[str, int]:
    plain = dict(re.findall(r"^STAT (\w+) (\d+)\s*$", text, re.MULTILINE))
    return {f"memcached.{ours}": int(plain[its]) for ours, its in NAMES.items() if its in plain}
