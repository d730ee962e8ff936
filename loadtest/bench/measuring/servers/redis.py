"""Redis: `INFO`."""

from __future__ import annotations

import re

COMMAND = ("redis-cli", "INFO", "everything")

NAMES = {
    "hits": "keyspace_hits",
    "misses": "keyspace_misses",
    "commands": "total_commands_processed",
    "evicted": "evicted_keys",
    "bytes_in": "total_net_input_bytes",
    "bytes_out": "total_net_output_bytes",
}

VALUES = ("mget", "set", "del")
"""The commands that Django asks for values with (caching/stores/redis.py), as Redis names them."""

WATCHING = (
    *("hello", "client|setinfo", "client|setname", "select"),
    *("info", "slowlog|get", "slowlog|len"),
    *("dbsize", "scan", "flushall"),
)
"""What is sent by a new connection; by the exporter and by who reads these counts; and by the live page's
sampler, and to empty the cache."""


def read(text: str) -> dict[str, int]:
    """`redis.called.NAME` is each command's own count."""
    plain = dict(re.findall(r"^(\w+):(\d+)\s*$", text, re.MULTILINE))
    found = {f"redis.{ours}": int(plain[its]) for ours, its in NAMES.items() if its in plain}
    for name, calls in re.findall(r"^cmdstat_([\w|-]+):calls=(\d+),", text, re.MULTILINE):
        found[f"redis.called.{name}"] = int(calls)
    return found
