"""Memcached's counters: `python3 -m exporters.memcached`. It only ever sends `stats`.

Names and labels are those of Prometheus' own memcached_exporter (which Debian has not), so that
dashboards made for that one work with this one.
"""

import os
import socket
import sys
from collections.abc import Iterator, Mapping
from functools import partial

from exporters.exposition import Exporter, Metric, Sample

DEADLINE = 1.0  # seconds for one question: less than Prometheus waits for the answer

# name, kind, help, the key in Memcached's protocol.txt
SIMPLE = (
    ("current_bytes", "gauge", "Bytes used to store items.", "bytes"),
    ("limit_bytes", "gauge", "Bytes this server may use for storage.", "limit_maxbytes"),
    ("current_items", "gauge", "Items stored now.", "curr_items"),
    ("items_total", "counter", "Items stored since the start.", "total_items"),
    ("items_evicted_total", "counter", "Items evicted to make room.", "evictions"),
    ("items_reclaimed_total", "counter", "Items stored in an expired one's place.", "reclaimed"),
    ("current_connections", "gauge", "Connections open now.", "curr_connections"),
    ("connections_total", "counter", "Connections since the start.", "total_connections"),
    ("read_bytes_total", "counter", "Bytes read from the network.", "bytes_read"),
    ("written_bytes_total", "counter", "Bytes written to the network.", "bytes_written"),
    ("uptime_seconds", "counter", "Seconds since the start.", "uptime"),
)

# command, status, the key
COMMANDS = (
    ("get", "hit", "get_hits"),
    ("get", "miss", "get_misses"),
    ("set", "hit", "cmd_set"),
    ("touch", "hit", "touch_hits"),
    ("touch", "miss", "touch_misses"),
    ("delete", "hit", "delete_hits"),
    ("delete", "miss", "delete_misses"),
    ("incr", "hit", "incr_hits"),
    ("incr", "miss", "incr_misses"),
    ("decr", "hit", "decr_hits"),
    ("decr", "miss", "decr_misses"),
    ("cas", "hit", "cas_hits"),
    ("cas", "miss", "cas_misses"),
    ("cas", "badval", "cas_badval"),
    ("flush", "hit", "cmd_flush"),
)


def read_stats(host: str, port: int) -> dict[str, str]:
    """What `stats` says, key by key. Raises OSError when nobody answers in time."""
    with socket.create_connection((host, port), timeout=DEADLINE) as connection:
        connection.sendall(b"stats\r\n")
        return parse(connection.makefile("rb"))


def parse(lines: Iterator[bytes]) -> dict[str, str]:
    stats: dict[str, str] = {}
    for line in lines:
        words = line.decode("ascii", "replace").rstrip("\r\n").split(" ", 2)
        if words == ["END"]:
            return stats
        if words[0] != "STAT" or len(words) != 3:
            raise OSError(f"not an answer to `stats`: {line[:80]!r}")
        stats[words[1]] = words[2]
    raise OSError("the answer to `stats` broke off before its END")


def metrics(stats: Mapping[str, str]) -> Iterator[Metric]:
    yield _up(1)
    version = {"version": stats.get("version", "unknown")}
    yield Metric("memcached_version", "gauge", "Which Memcached this is.", [Sample(version, 1)])
    for name, kind, text, key in SIMPLE:
        if key in stats:
            yield Metric(f"memcached_{name}", kind, text, [Sample({}, float(stats[key]))])
    yield Metric(
        "memcached_commands_total",
        "counter",
        "Commands by what came of them.",
        [
            Sample({"command": command, "status": status}, float(stats[key]))
            for command, status, key in COMMANDS
            if key in stats
        ],
    )


def _up(value: float) -> Metric:
    return Metric("memcached_up", "gauge", "Whether Memcached answered.", [Sample({}, value)])


def collect(host: str, port: int) -> list[Metric]:
    """A Memcached that does not answer is a figure too: up 0, and not an error of this exporter."""
    try:
        return list(metrics(read_stats(host, port)))
    except OSError as error:
        print(f"{host}:{port}: {error}", file=sys.stderr)  # noqa: T201 (its log)
        return [_up(0)]


def main() -> None:
    host, _, port = os.environ.get("MEMCACHED_ADDRESS", "memcached:11211").rpartition(":")
    if not host or not port.isdigit():
        sys.exit("MEMCACHED_ADDRESS: accepted values are HOST:PORT")
    Exporter(("", 9150), partial(collect, host, int(port))).serve_until_told_to_stop()


if __name__ == "__main__":
    main()
