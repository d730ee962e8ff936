"""What stores are given and give back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Sets = Mapping[str, tuple[bytes, int]]
"""Values to put, by key, each with its lifetime in seconds."""

Adds = Sets
"""Values to put only where the key is free."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """added: the keys that were free. found: what was there afterwards."""

    added: frozenset[str]
    found: Mapping[str, bytes]
