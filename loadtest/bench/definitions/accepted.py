"""What an experiment may set: a closed list, so that a file from somebody else can do nothing but measure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from math import isfinite

import toggles
from bench.definitions.problems import unknown
from toggles import BadToggle, Toggle
from users.mixes import KINDS, MIXES

FIXED = (
    *("LAB_POSTS", "LAB_PORT", "LAB_CONSOLE_PORT", "LAB_LOCUST_PORT"),
    *("LAB_PROMETHEUS_PORT", "LAB_MINIO_PORT", "LAB_GRAFANA_PORT", "LAB_DEBUG"),
)
"""Toggles that are no matter of a variant; how many posts there are is said by `posts`."""

RIVALS_IMAGE = "cachelab-rivals"

IMAGES = ("cachelab-web", RIVALS_IMAGE)

SETTINGS = (
    "config.settings",
    "rivals.settings",
    *(f"rivals.settings_{name}" for name in ("cache_page", "per_view", "cacheops", "cachalot")),
)
"""Settings modules: the site's own, and those in the image of its rivals (services/rivals)."""


@cache
def overrides() -> dict[str, Toggle]:
    """What a variant may set, by name: the switches of `.env` that change how a request is answered, and
    which image and which settings answer it."""
    found = {name: each for name, each in toggles.load().items() if name not in FIXED}
    for name, default, values, what in (
        ("LAB_WEB_IMAGE", IMAGES[0], IMAGES, "The image of the replicas"),
        ("LAB_SETTINGS_MODULE", SETTINGS[0], SETTINGS, "Their settings"),
    ):
        found[name] = Toggle(name, default, what, values, numeric=False)
    return found


def override_problem(name: str, value: str) -> str | None:
    """What is wrong with one override, or None."""
    known = overrides()
    if name not in known:
        return unknown("toggle", name, known)
    try:
        known[name].check(value)
    except BadToggle as error:
        return str(error)
    return None


def mix_problem(mix: object) -> str | None:
    """What is wrong with a mix (a name, or weights by kind of visitor), or None."""
    if isinstance(mix, str):
        return None if mix in MIXES else unknown("mix", mix, MIXES)
    if not isinstance(mix, Mapping) or not mix:
        return f"accepted are {', '.join(MIXES)}, or weights such as {{ reader = 96, member = 4 }}"
    for kind, weight in mix.items():
        if kind not in KINDS:
            return unknown("kind of visitor", kind, KINDS)
        if isinstance(weight, bool) or not isinstance(weight, int | float):
            return f"{kind} = {weight!r}: accepted are numbers from 0"
        if not (isfinite(weight) and weight >= 0):
            return f"{kind} = {weight:g}: accepted are numbers from 0"
    if not any(mix.values()):
        return "nobody visits: accepted is a mix with a weight above 0"
    return None
