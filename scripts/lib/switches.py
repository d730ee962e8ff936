"""Which toggles may be switched while the stack runs, and which service each belongs to.

The live page shows these and no others; what it asks for is checked against them twice, in its container
and on the host. Ports, content and debugging are not among them. Only the standard library is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import toggles
from toggles import BadToggle, Toggle

LAYERS: Mapping[str, str] = {
    "LAB_EDGE_PAGES": "varnish",
    "LAB_EDGE_ASSETS": "varnish",
    "LAB_MICROCACHE": "nginx",
    "LAB_UPSTREAM": "web",
    "LAB_PROPERTIES": "web",
    "LAB_COMPILED": "web",
    "LAB_FRAGMENTS": "web",
    "LAB_GENERATED": "web",
    "LAB_AGGREGATES": "web",
    "LAB_SYNDICATED": "web",
    "LAB_FRESHNESS": "web",
    "LAB_TTL": "web",
    "LAB_REPLICAS": "web",
}


def declared(path: Path = toggles.ENV_FILE) -> dict[str, Toggle]:
    """Those that may be switched, by name, in the order of LAYERS. Raises OSError, ValueError."""
    known = toggles.load(path)
    return {name: known[name] for name in LAYERS if name in known}


def check(name: object, value: object, path: Path = toggles.ENV_FILE) -> tuple[str, str]:
    """The name and value of an accepted switch. Raises BadToggle, whose text is one line."""
    known = declared(path)
    if not isinstance(name, str) or name not in known:
        raise BadToggle(f"toggle: accepted values are {', '.join(known)}")
    if not isinstance(value, str) or len(value) > 16 or not value.isprintable():
        raise BadToggle(f"value: accepted values for {name} are {accepted(known[name])}")
    known[name].check(value)
    return name, value


def accepted(toggle: Toggle) -> str:
    """The accepted values in words: "on, off", or "whole numbers from 1 to 16"."""
    if toggle.numeric:
        return f"whole numbers from {' to '.join(toggle.accepts)}"
    return ", ".join(toggle.accepts)
