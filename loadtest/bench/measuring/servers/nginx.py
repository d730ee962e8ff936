"""nginx: `stub_status`, which counts every request to every server of it: pages, Varnish's probes, and
those who ask for these counters."""

from __future__ import annotations

import re

PORT = 8081
REQUEST = "GET /status HTTP/1.0\r\nHost: nginx\r\n\r\n"


def read(text: str) -> dict[str, int]:
    """The third number of the third line."""
    numbers = re.search(r"^\s*\d+\s+\d+\s+(\d+)\s*$", text, re.MULTILINE)
    return {"nginx.requests": int(numbers[1])} if numbers else {}
