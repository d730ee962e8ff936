"""The miss-ratio curves: what a cache of so many things, bytes or seconds would have had to fetch."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from replay.lifetimes import LIFETIMES
from replay.sample import Sample

SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Cache sizes, as shares of the working set."""


class BySize(msgspec.Struct, frozen=True):
    """An LRU cache that holds `share` of the working set. Sizes are whole things and bytes."""

    share: float
    things: int
    miss_ratio: float
    """Of a cache of so many things, however large."""
    bytes: int
    miss_ratio_by_bytes: float
    """Of a cache of so many bytes."""


class ByLifetime(msgspec.Struct, frozen=True):
    """A cache that never is full, and keeps each thing for so many seconds."""

    seconds: float
    miss_ratio: float
    """By age alone."""
    stale_ratio: float
    """By age alone: reads that were answered with what had been written over."""
    miss_ratio_when_purged: float
    """Where a write to the same name ends what is kept as well: nothing stale is shown."""


class Curve(msgspec.Struct, frozen=True):
    by_size: tuple[BySize, ...]
    by_lifetime: tuple[ByLifetime, ...]
    first_ratio: float
    """Reads that were the first for their thing: no cache could have had these."""
    purged_ratio: float
    """Reads that were the first after a write."""


def curve(sample: Sample) -> Curve | None:
    """None where nothing was read."""
    if not sample.reads:
        return None
    reads = sample.reads
    things, volume = round(sample.distinct), round(sample.volume)
    reused = sum(sample.depths.values())
    first = sample.seen - sample.spoiled - reused
    return Curve(
        by_size=tuple(
            BySize(
                share=share,
                things=max(1, round(share * things)),
                miss_ratio=_missed(sample, sample.depths, max(1, round(share * things))),
                bytes=round(share * volume),
                miss_ratio_by_bytes=_missed(sample, sample.volumes, round(share * volume)),
            )
            for share in SHARES
        ),
        by_lifetime=tuple(
            ByLifetime(
                seconds=lifetime,
                miss_ratio=_share(sample.lifetimes.missed[place], reads),
                stale_ratio=_share(sample.lifetimes.stale[place], reads),
                miss_ratio_when_purged=_share(sample.lifetimes.missed_when_purged[place], reads),
            )
            for place, lifetime in enumerate(LIFETIMES)
        ),
        first_ratio=_share(first, reads),
        purged_ratio=_share(sample.spoiled, reads),
    )


def _missed(sample: Sample, histogram: Mapping[int, float], size: int) -> float:
    """Everything that isn't a hit in a cache of this size, of all reads. What the sample saw too few or
    too many of is taken for hits."""
    hits = sum(weight for depth, weight in histogram.items() if depth <= size)
    return _share(sample.seen - hits, sample.reads)


def _share(part: float, whole: float) -> float:
    return min(1.0, max(0.0, part / whole))
