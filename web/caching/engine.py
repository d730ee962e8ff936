"""How lookups are answered: one round trip, then what is missing is computed and kept.

The order matters for freshness: the stamps of an entry's tags are read, or made, *before* its data
is read. A write that commits in between renews the stamps, and what was computed from the old data
is kept under stamps that nobody believes any more.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404

from . import keys, page, stamps, values
from .conf import conf, enabled, lifetime
from .errors import PrivateInPublic, ShortInLong
from .policies import Audience, Dies, Lookup
from .stores import Store, current

log = logging.getLogger("caching")

# Whoever makes an aged entry anew holds it for so many seconds; should it fail, another may then.
REFRESH = 10

# These say what is true of the data; any other exception says that its source failed.
ANSWERS = (Http404, PermissionDenied)

# The lookup being computed right now; None outside of a computation.
_inside: ContextVar[Lookup[Any] | None] = ContextVar("inside", default=None)

Values = dict[Lookup[Any], Any]


class Loaded(dict[str, Any]):
    """The values of one `load`, by name; also as attributes."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def load(**lookups: Lookup[Any]) -> Loaded:
    """All these values by name, with one round trip to the store however many they are."""
    return Loaded(zip(lookups, resolve(list(lookups.values())), strict=True))


def resolve(lookups: Sequence[Lookup[Any]]) -> list[Any]:
    """The values, in the order asked."""
    for lookup in lookups:
        _note(lookup)
    store = current()
    known = _Trip(store, lookups).answer() if store else {}
    missing = [lookup for lookup in dict.fromkeys(lookups) if lookup not in known]
    known |= _compute(missing, {})[0]
    return [known[lookup] for lookup in lookups]


def _note(lookup: Lookup[Any]) -> None:
    """Tells the page, and the value being computed around it, what they are made of."""
    policy = lookup.policy
    outer = _inside.get()
    if outer is not None:
        _refuse_leak(lookup, outer)
    dies, seconds = lifetime(policy)
    made = page.current()
    if made is None:
        return
    made.declared = True
    made.tags.update(lookup.tags)
    made.private |= policy.audience is not Audience.PUBLIC
    if dies is Dies.TTL or (dies is Dies.INVALIDATION and conf().store == "local"):
        made.shorten(seconds)


def _refuse_leak(inner: Lookup[Any], outer: Lookup[Any]) -> None:
    names = f"{inner.policy.name} inside of {outer.policy.name}"
    if inner.policy.audience is not Audience.PUBLIC and outer.policy.audience is Audience.PUBLIC:
        raise PrivateInPublic(
            f"{names}: what is for {inner.policy.audience.value} would be shown to everybody. "
            "Load it beside the public value, not within it."
        )
    if inner.policy.dies is Dies.TTL and outer.policy.dies is not Dies.TTL:
        raise ShortInLong(
            f"{names}: it dies by age, and would live on in what dies only when its data changes. "
            "Load it beside the outer value, or let the outer one die by age too."
        )


def _may_keep(lookup: Lookup[Any]) -> bool:
    return lookup.policy.audience is Audience.PUBLIC and enabled(lookup.policy.use)


@dataclass(frozen=True, slots=True)
class _Ask:
    """A lookup with all that is derived from its policy, derived once."""

    lookup: Lookup[Any]
    key: str
    tags: tuple[str, ...]
    dies: Dies
    seconds: int

    @staticmethod
    def of(lookup: Lookup[Any]) -> _Ask:
        dies, seconds = lifetime(lookup.policy)
        return _Ask(
            lookup, lookup.key, lookup.tags if dies is Dies.INVALIDATION else (), dies, seconds
        )

    def store_keys(self) -> Iterator[str]:
        yield self.key
        if self.dies is Dies.TTL:
            yield keys.freshness(self.key)
        for tag in self.tags:
            yield keys.stamp(tag)


class _Trip:
    """One visit to the store: read, compute what is missing, keep it."""

    def __init__(self, store: Store, lookups: Iterable[Lookup[Any]]) -> None:
        self._store = store
        self._asks = [_Ask.of(lookup) for lookup in dict.fromkeys(lookups) if _may_keep(lookup)]
        self._aged: Values = {}

    def answer(self) -> Values:
        """The values of all lookups that may be kept."""
        if not self._asks:
            return {}
        wanted = list(dict.fromkeys(key for ask in self._asks for key in ask.store_keys()))
        found = self._store.get_many(wanted)
        known: Values = {}
        missing = []
        for ask in self._asks:
            entry = self._believed(ask, found)
            if entry is None:
                missing.append(ask)
            else:
                known[ask.lookup] = entry.value
        if missing:
            known |= self._make(missing, found)
        return known

    def _believed(self, ask: _Ask, found: Mapping[str, bytes]) -> values.Entry | None:
        data = found.get(ask.key)
        entry = values.decode(data) if data is not None else None
        if entry is None:
            return None
        if ask.dies is Dies.INVALIDATION:
            now = [found.get(keys.stamp(tag)) for tag in ask.tags]
            return entry if entry.stamps == now else None
        if ask.dies is Dies.TTL and keys.freshness(ask.key) not in found:
            self._aged[ask.lookup] = entry.value
            # One caller makes it anew; until then the others show the aged one.
            return None if self._store.add(keys.refresh(ask.key), b"", REFRESH) else entry
        return entry

    def _make(self, missing: list[_Ask], found: Mapping[str, bytes]) -> Values:
        tags = [tag for ask in missing for tag in ask.tags]
        current_stamps = stamps.complete(self._store, tags, found) if tags else {}
        try:
            made, old = _compute([ask.lookup for ask in missing], self._aged)
        except ANSWERS:
            for ask in missing:
                self._store.delete(ask.key)  # gone, however fresh its old value still seems
            raise
        fresh = [ask for ask in missing if ask.lookup not in old]
        self._keep(fresh, made, current_stamps)
        return made

    def _keep(
        self, asks: Iterable[_Ask], made: Values, current_stamps: Mapping[str, bytes]
    ) -> None:
        by_lifetime: defaultdict[int, dict[str, bytes]] = defaultdict(dict)
        for ask in asks:
            if any(tag not in current_stamps for tag in ask.tags):
                continue  # the store holds no stamp for it, so nothing could end it
            data = values.encode([current_stamps[tag] for tag in ask.tags], made[ask.lookup])
            if ask.dies is Dies.TTL:
                by_lifetime[ask.seconds + conf().stale][ask.key] = data
                by_lifetime[ask.seconds][keys.freshness(ask.key)] = b""
            else:
                by_lifetime[ask.seconds][ask.key] = data
        for seconds, batch in by_lifetime.items():
            self._store.set_many(batch, seconds)


def _compute(
    lookups: Iterable[Lookup[Any]], aged: Mapping[Lookup[Any], Any]
) -> tuple[Values, set[Lookup[Any]]]:
    """Computes each; what one policy can compute in bulk is computed in one call.

    Where a source is down (a partner's feed) and its aged values are there, they are the best
    there is: the second result names them. Their refresh keys stay, so that the source is
    left alone for a while.
    """
    by_policy: defaultdict[str, list[Lookup[Any]]] = defaultdict(list)
    for lookup in lookups:
        by_policy[lookup.policy.name].append(lookup)
    made: Values = {}
    old: set[Lookup[Any]] = set()
    for name, group in by_policy.items():
        try:
            with _computing(group[0]):
                made |= _compute_group(group)
        except ANSWERS:
            raise
        except Exception:
            if not all(lookup in aged for lookup in group):
                raise
            log.warning("%s could not be made anew, its aged value is shown", name, exc_info=True)
            made |= {lookup: aged[lookup] for lookup in group}
            old.update(group)
    return made, old


def _compute_group(group: list[Lookup[Any]]) -> Values:
    bulk = group[0].policy.compute_many
    if bulk is None:
        return {lookup: lookup.compute() for lookup in group}
    arguments = {
        lookup: lookup.arguments[0] if len(lookup.arguments) == 1 else lookup.arguments
        for lookup in group
    }
    made = bulk(list(arguments.values()))
    return {lookup: made[argument] for lookup, argument in arguments.items()}


@contextmanager
def _computing(lookup: Lookup[Any]) -> Iterator[None]:
    token = _inside.set(lookup)
    try:
        yield
    finally:
        _inside.reset(token)
