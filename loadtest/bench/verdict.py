"""A run's verdict on itself: what stands against taking its figures at their word, and what to try."""

from __future__ import annotations

from collections.abc import Mapping

from bench import truth
from bench.counters import Counters
from bench.result import Flag, Load

GENERATOR_LIMIT = 0.8
"""Above this share of its core Locust, not the stack, may be what is measured."""

SERVES = 0.5
"""A warm layer that is on answers at least this share of what it may answer."""

IDLE = 0.02
"""A layer that is off answers at most this share: what the counters can't tell apart."""

COUNTS_DIFFER = 0.02
"""Varnish also answers health checks; beyond this share the counts don't describe the same load."""

IDLE_LAYER = "idle-layer"

CODES = {
    "generator": "Locust was the limit",
    "failures": "requests failed",
    IDLE_LAYER: "a layer did not serve what it should",
    "busy-layer": "a layer served although it was off",
    "counts": "the servers' counts and Locust's differ",
    "cut-short": "the measurement was cut short",
    **truth.CODES,
}


def flags(
    load: Load,
    spent: Counters,
    ratios: Mapping[str, float],
    toggles: Mapping[str, str],
    low_hits: bool = False,
) -> list[Flag]:
    """All that stands against a run. low_hits: a layer that serves little is what is asked about."""
    layers = [
        flag for flag in _layers(ratios, toggles) if not (low_hits and flag.code == IDLE_LAYER)
    ]
    return [*_load(load), *layers, *_counts(load, spent), *truth.flags(load.truth, toggles)]


def _load(load: Load) -> list[Flag]:
    found = []
    if load.core_share > GENERATOR_LIMIT:
        used = f"It used {load.core_share:.0%} of its core, so the throughput is “at least” what is shown"
        found.append(
            Flag(
                "generator",
                used,
                "compare the CPU per request, which Locust doesn't limit",
                fatal=False,
            )
        )
    if load.failures or not load.requests:
        worst = next(iter(load.reasons), "nothing was answered")
        total = load.failures + load.requests
        said = f"{load.failures:,} of {total:,} requests failed, most of all {worst}"
        found.append(Flag("failures", said, "look at ./scripts/lab logs, or use fewer --users"))
    if load.interrupted or not load.drained:
        said = f"it ended after {load.elapsed:.1f} s, or with requests still under way"
        found.append(Flag("cut-short", said, "measure again"))
    return found


def _layers(ratios: Mapping[str, float], toggles: Mapping[str, str]) -> list[Flag]:
    upstream = toggles.get("LAB_UPSTREAM")
    wanted = {
        "pages": toggles.get("LAB_EDGE_PAGES") == "on",
        "assets": toggles.get("LAB_EDGE_ASSETS") == "on",
        "redis": upstream == "redis",
        "memcached": upstream == "memcached",
    }
    found = []
    for layer, on in wanted.items():
        ratio = ratios.get(layer)
        # Behind a full page cache hardly anybody asks the upstream one; its ratio then says little.
        asked = layer in ("pages", "assets") or not wanted["pages"]
        if on and asked and (ratio is None or ratio < SERVES):
            said = (
                f"{layer}: hit ratio {'none' if ratio is None else format(ratio, '.0%')} while on"
            )
            found.append(Flag(IDLE_LAYER, said, "warm longer; ask ./scripts/lab status"))
        elif not on and ratio is not None and ratio > IDLE:
            said = f"{layer}: hit ratio {ratio:.0%} while off"
            found.append(Flag("busy-layer", said, "something else uses this stack; leave it alone"))
    return found


def _counts(load: Load, spent: Counters) -> list[Flag]:
    theirs = spent.counts.get("varnish.requests")
    ours = load.answered + load.failures
    # Each write may also purge, which Varnish counts as a request.
    purges = sum(kind.ok for name, kind in load.kinds.items() if name.startswith("write/"))
    slack = max(20, COUNTS_DIFFER * ours)
    if theirs is None or -slack <= theirs - ours <= slack + purges:
        return []
    said = f"Varnish counted {theirs:,} requests, Locust {ours:,}"
    return [
        Flag("counts", said, "something else asks this stack; leave it alone while it is measured")
    ]
