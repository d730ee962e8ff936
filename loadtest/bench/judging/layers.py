"""Whether each layer did what its toggle says, and had come to rest."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import sqrt

from bench.result import Flag, Second

SERVES = 0.5
"""A warm layer that is on answers at least this share of what it may answer."""

IDLE = 0.02
"""A layer that is off answers at most this share: what the counters can't tell apart."""

DRIFT = 0.02
"""A hit ratio may differ by this much between the halves of a run, and by what chance does besides."""

CHANCE = 3.0
"""Standard errors: one run in 400 differs by more without a cause."""


def flags(
    ratios: Mapping[str, float],
    toggles: Mapping[str, str],
    seconds: Sequence[Second],
    ours: bool = True,
    low_hits: bool = False,
    unprimed: int = 0,
) -> list[Flag]:
    """ours: whether the upstream cache is this site's. What other software makes of Redis is a finding about
    it, and no fault of the run. low_hits: a layer that serves little is what is asked about. unprimed: pages
    that the warm-up had no time for."""
    told = _as_told(ratios, toggles, ("pages", "assets", *(("redis", "memcached") if ours else ())))
    borne = ("idle-layer",) if low_hits else ()
    cold = [] if low_hits else _cold(unprimed, toggles)
    return [*(flag for flag in told if flag.code not in borne), *cold, *_at_rest(seconds)]


def _cold(unprimed: int, toggles: Mapping[str, str]) -> list[Flag]:
    """A remark: how many of these pages are misses while it is measured is chance."""
    # Objects are not asked for by name in a warm-up. A microcache's copies are gone in a moment anyway.
    caches = ("LAB_UPSTREAM", "LAB_EDGE_PAGES")
    if not unprimed or all(toggles.get(name, "off") == "off" for name in caches):
        return []
    said = f"pages that the warm-up had no time to ask for by name, and that may be made since: {unprimed:,}"
    return [Flag("cold", said, "warm longer, or visit fewer --pages", fatal=False)]


def _as_told(
    ratios: Mapping[str, float], toggles: Mapping[str, str], layers: Collection[str]
) -> list[Flag]:
    upstream = toggles.get("LAB_UPSTREAM")
    wanted = {
        "pages": toggles.get("LAB_EDGE_PAGES") == "on",
        "assets": toggles.get("LAB_EDGE_ASSETS") == "on",
        "redis": upstream == "redis",
        "memcached": upstream == "memcached",
    }
    found = []
    for layer in layers:
        on = wanted[layer]
        ratio = ratios.get(layer)
        # A mix may ask for no objects, or for no page that is for all; and behind a full page cache hardly
        # anybody asks the upstream one, whose ratio then says little.
        kept = wanted["pages"] and "pages" in ratios
        asked = ratio is not None if layer in ("pages", "assets") else not kept
        if on and asked and (ratio is None or ratio < SERVES):
            said = (
                f"{layer}: hit ratio {'none' if ratio is None else format(ratio, '.0%')} while on"
            )
            found.append(Flag("idle-layer", said, "warm longer; ask ./scripts/lab status"))
        elif not on and ratio is not None and ratio > IDLE:
            said = f"{layer}: hit ratio {ratio:.0%} while off"
            found.append(Flag("busy-layer", said, "something else uses this stack; leave it alone"))
    return found


def _at_rest(seconds: Sequence[Second]) -> list[Flag]:
    """The edge's hit ratio in the second half of the run beside that in the first."""
    middle = len(seconds) // 2
    halves = [
        (sum(s.edge_hits for s in half), sum(s.edge_asked for s in half))
        for half in (seconds[:middle], seconds[middle:])
    ]
    if not all(asked for _, asked in halves):
        return []
    first, second = (hits / asked for hits, asked in halves)
    pooled = sum(hits for hits, _ in halves) / sum(asked for _, asked in halves)
    error = sqrt(pooled * (1 - pooled) * sum(1 / asked for _, asked in halves))
    if abs(second - first) <= max(DRIFT, CHANCE * error):
        return []
    said = (
        f"the edge answered {first:.1%} in the first half of the run and {second:.1%} in the second"
    )
    return [Flag("drift", said, "warm longer, or visit fewer --pages")]
