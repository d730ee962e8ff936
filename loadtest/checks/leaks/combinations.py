"""Which toggles are set together."""

from __future__ import annotations

from itertools import product

Toggles = dict[str, str]

SWITCH = ("on", "off")
UPSTREAMS = ("redis", "memcached", "local", "off")
USES = ("PROPERTIES", "COMPILED", "FRAGMENTS", "GENERATED", "AGGREGATES", "SYNDICATED")


def layers(upstream: str, pages: str, assets: str) -> Toggles:
    return {"LAB_EDGE_PAGES": pages, "LAB_EDGE_ASSETS": assets, "LAB_UPSTREAM": upstream}


# What takes longest to switch changes least often: the replicas' store.
LAYERS = [layers(*values) for values in product(UPSTREAMS, SWITCH, SWITCH)]

EVERYTHING = layers("redis", "on", "on")
BY_USE = [
    EVERYTHING | {"LAB_FRESHNESS": "ttl"},
    *(EVERYTHING | {f"LAB_{use}": "off"} for use in USES),
]

SHORT = [EVERYTHING, layers("memcached", "on", "on") | {"LAB_FRESHNESS": "ttl"}]


def words(toggles: Toggles) -> str:
    """As it is set in a shell."""
    return " ".join(f"{name}={value}" for name, value in toggles.items())


def die_by_age(toggles: Toggles) -> bool:
    """Whether a page may still be shown after a write took it back: only its age ends it."""
    return toggles.get("LAB_FRESHNESS") == "ttl" or toggles["LAB_UPSTREAM"] == "local"


def edge_keeps(toggles: Toggles) -> bool:
    return "on" in (toggles["LAB_EDGE_PAGES"], toggles["LAB_EDGE_ASSETS"])
