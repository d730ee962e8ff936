"""Which pages Varnish is asked for, from the log that it keeps in memory anyway."""

from __future__ import annotations

import re
import subprocess
import time
from collections import Counter
from collections.abc import Iterable

from .table import Cell, Table, Unavailable, table

SECONDS = 60.0  # looked back over
PATIENCE = 4.0  # seconds for reading the log, which has 16 MB
MOST_BYTES = 32_000_000  # of its lines

# -d: what is in the log now, and no waiting for more. What became of a request is in what the visitor was
# told: its log has looks into the cache, and a page that was fetched and kept is looked up again.
COMMAND = (
    *("varnishncsa", "-n", "/var/lib/varnish", "-d"),
    *("-F", "%{%s}t %U %{Cache-Status}o"),
)

# The edge's line is the last. What Varnish answers by itself, such as health checks, has none.
LOOKED_UP = re.compile(r"(?:^|, )varnish(; hit\b)?[^,]*$")


def look() -> Table:
    """Raises Unavailable where Varnish has no log, for it does not run."""
    try:
        done = subprocess.run(COMMAND, capture_output=True, timeout=PATIENCE, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable("Varnish's log can't be read: does it run?") from error
    lines = done.stdout[-MOST_BYTES:].decode("utf-8", "replace").splitlines()
    return asked(lines, time.time())


def asked(lines: Iterable[str], now: float) -> Table:
    """The pages asked most in the last SECONDS, or for as long as the log goes back."""
    hits: Counter[str] = Counter()
    all_: Counter[str] = Counter()
    oldest = now
    for line in lines:
        at, _, rest = line.partition(" ")
        path, _, told = rest.partition(" ")
        if not at.isdecimal():
            continue
        moment = float(at)
        oldest = min(oldest, moment)
        looked_up = LOOKED_UP.search(told)
        if looked_up and moment > now - SECONDS:
            all_[path] += 1
            hits[path] += bool(looked_up[1])
    # The log has whole seconds, so one of them is its shortest.
    seconds = max(1.0, min(SECONDS, now - oldest))
    rows: list[list[Cell]] = [
        [path, round(n / seconds, 2), round(hits[path] / n, 4)] for path, n in all_.most_common()
    ]
    return table(
        "Pages asked most",
        ("page", "requests/s", "hit ratio"),
        rows,
        f"From Varnish's log in memory: {all_.total()} requests in the last {seconds:.0f} s. Without "
        "queries; what varies (compression, host) is counted as one page.",
    )
