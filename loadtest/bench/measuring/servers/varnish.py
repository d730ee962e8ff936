"""Varnish: `varnishstat`, after some requests that make it add up what it has counted (varnish/counters)."""

from __future__ import annotations

import json
import re

SETTLING = 16
"""Requests before each reading: each goes to either of two pools of threads."""

COMMAND = ("counters", str(SETTLING))

NAMES = {
    "requests": "client_req",
    "hits": "cache_hit",
    "misses": "cache_miss",
    "passes": "s_pass",
    "parts": "esi_req",
    "written": "s_synth",
    "background": "s_bgfetch",
    "body_bytes": "s_resp_bodybytes",
}
"""Ours, and Varnish's. `requests` are those of its sockets: parts of pages and restarts are not among
them; `written` are answers that Varnish makes itself: errors, and those to purges and health checks."""

FETCHED = {"site": "fetched_pages", "store": "fetched_objects"}
"""By the backends' names in varnish/backends.vcl. Fetches in the background are among them, probes not."""


def read(text: str) -> dict[str, int]:
    counters: dict[str, dict[str, object]] = json.loads(text)["counters"]
    values = {name: int(str(entry["value"])) for name, entry in counters.items()}
    found = {f"varnish.{ours}": values.get(f"MAIN.{its}", 0) for ours, its in NAMES.items()}
    found |= {f"varnish.{ours}": 0 for ours in FETCHED.values()}
    for name, value in values.items():
        # One for each VCL that is loaded.
        if backend := re.fullmatch(r"VBE\.[^.]+\.(site|store)\.req", name):
            found[f"varnish.{FETCHED[backend[1]]}"] += value
    return found
