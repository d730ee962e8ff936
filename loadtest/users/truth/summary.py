"""One truth from several: of the processes of a run, or of a variant's runs.

Without Locust, so that the host uses it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def merged(truths: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Counts are added up, the longest staleness is the longest of all, of texts the first is kept."""
    total: dict[str, Any] = {}
    for truth in truths:
        for name, value in truth.items():
            if isinstance(value, str):
                total[name] = total.get(name) or value
            elif name == "stalest":
                total[name] = max(total.get(name, 0.0), value)
            else:
                total[name] = total.get(name, 0) + value
    return total
