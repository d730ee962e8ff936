"""How much of each part was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Asked:
    """short: a small form. objects: kept while it is purged. reads: checked for freshness, in all.
    rounds: of the comparison of speed, in each of which both are measured."""

    short: bool
    objects: int
    reads: int
    rounds: int

    FULL: ClassVar[Asked]
    SHORT: ClassVar[Asked]


Asked.FULL = Asked(short=False, objects=100_000, reads=1_000_000, rounds=8)
Asked.SHORT = Asked(short=True, objects=2_000, reads=20_000, rounds=3)
