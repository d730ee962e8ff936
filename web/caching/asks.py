"""A lookup with all that follows from its policy and the settings, derived once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from . import keys
from .conf import conf, derives_from_settings, enabled, lifetime
from .errors import NotCacheable
from .policies import MOST_TAGS, Audience, Dies, Lookup, Policy


@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """seconds: how long its entry lives. tags: what can end it; stamps: their keys, in order."""

    lookup: Lookup[Any]
    name: str
    shape: Any
    key: str
    hold: str
    freshness: str
    tags: tuple[str, ...]
    stamps: tuple[str, ...]
    dies: Dies
    seconds: int
    # Whether it may enter the store at all.
    kept: bool
    # What it makes of the page that shows it.
    private: bool
    ages: bool

    # What tells whether there is a value that can be believed.
    store_keys: tuple[str, ...]


def ask(lookup: Lookup[Any]) -> Ask:
    """Raises NotCacheable for arguments that are no key."""
    if all(map(_is_short_and_plain, lookup.arguments)):
        return _remembered(lookup.policy, *lookup.arguments)
    return _derived(lookup.policy, *lookup.arguments)


PLAIN = (str, int, float, bytes, type(None))
SHORT = 200


def _is_short_and_plain(argument: Any) -> bool:
    """Whether it may be remembered: whole texts would fill the memory, and of what is in a tuple
    1, 1.0 and True could not be told apart."""
    return isinstance(argument, PLAIN) and (
        not isinstance(argument, str | bytes) or len(argument) <= SHORT
    )


def _derived(policy: Policy[..., Any], *arguments: Any) -> Ask:
    lookup: Lookup[Any] = Lookup(policy, arguments)
    dies, seconds = lifetime(policy)
    key, tags = lookup.key, lookup.tags
    if len(tags) > MOST_TAGS:
        raise NotCacheable(
            f"{policy.name} depends on {len(tags)} tags, {MOST_TAGS} at most: give what it shows "
            "a tag in common"
        )
    ended_by = (keys.EVERYTHING, *tags) if dies is Dies.INVALIDATION else ()
    stamps = tuple(keys.stamp(tag) for tag in ended_by)
    freshness = keys.freshness(key)
    public = policy.audience is Audience.PUBLIC
    return Ask(
        lookup=lookup,
        name=policy.name,
        shape=policy.shape,
        key=key,
        hold=keys.hold(key),
        freshness=freshness,
        tags=tags,
        stamps=stamps,
        dies=dies,
        seconds=seconds,
        kept=public and enabled(policy.use),
        private=not public,
        store_keys=(key, freshness) if dies is Dies.TTL else (key, *stamps),
        ages=dies is Dies.TTL or (dies is Dies.INVALIDATION and conf().store == "local"),
    )


# typed: 1, 1.0 and True are equal, and different arguments.
_remembered = lru_cache(maxsize=8_192, typed=True)(_derived)
derives_from_settings(_remembered.cache_clear)
