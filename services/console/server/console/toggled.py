"""The toggles: which there are, what they accept, and what is in force."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import switches


def listed(declared: Path, in_force: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each toggle for the page. `values`: those accepted; of a number none, but its `range`, least and most.
    Raises OSError, ValueError where the declaration can't be read."""
    found = []
    for name, toggle in switches.declared(declared).items():
        value = in_force.get(name, toggle.default)
        other = next((v for v in toggle.accepts if v != value), value)
        found.append(
            {
                "name": name,
                "value": value,
                "values": [] if toggle.numeric else list(toggle.accepts),
                "range": [int(bound) for bound in toggle.accepts] if toggle.numeric else None,
                "what": toggle.help,
                "layer": switches.LAYERS[name],
                "command": f"{name}={other} docker compose up -d",
            }
        )
    return found
