"""How lookups are answered: one round trip, then what is missing is computed and kept.

The order matters for freshness: the stamps of an entry's tags are read, or made, *before* its data
is read. A write that commits in between renews the stamps, and what was computed from the old data
is kept under stamps that nobody believes any more.

What is missing is held by one caller, of all processes, while it is computed; the others wait for it,
or show the value that has aged.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from . import cache_status, metrics, page, stamps, transactions, values, watch
from .asks import Ask, ask
from .computing import ANSWERS, Values, apart, compute, hoarding, inside, making, refuse_leaks
from .conf import conf
from .flights import FLIGHTS
from .keys import EVERYTHING
from .policies import Dies, Lookup
from .stores import Store, current
from .values import Flaw

# Seconds between two looks at a value that another is computing.
FIRST_LOOK, LAST_LOOK = 0.002, 0.025
# Seconds for which a caller that holds something waits for what another holds; and one that holds more
# than it is making now, for whose rest that other may be waiting in turn.
MOST_WHILE_HOLDING, MOST_WHILE_HOARDING = 1.0, 0.05
Found = Mapping[str, bytes]
Reasons = dict[Ask, str]
"""Why each of these is a miss, in the words of the metric."""


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
    asks = [ask(lookup) for lookup in lookups]
    refuse_leaks(asks)
    page.made_of(asks)
    store = None if apart() else current()
    wanted = dict.fromkeys(asks)
    own = making()
    known: Values = {
        each: own[each.key][each.key] for each in wanted if each.key in own.get(each.key, ())
    }
    kept = [each for each in wanted if each.kept and each.key not in own] if store else []
    if store and kept:
        known |= Trip(store, kept).answer()
    if len(known) < len(wanted):
        rest = [each for each in wanted if each not in known]
        cache_status.bypassed(rest)
        known |= compute(rest, {})[0]
    return [known[each] for each in asks]


class Trip:
    """One visit to the store for some lookups: read, compute what is missing, keep it."""

    def __init__(self, store: Store, asks: Sequence[Ask]) -> None:
        self._store = store
        self._asks = asks
        self._known: Values = {}
        self._aged: Values = {}
        # The keys of which other threads of this process wait to hear from this one.
        self._boarded: set[str] = set()

    def answer(self) -> Values:
        """The values of all of them."""
        asks = self._believable(self._asks, transactions.untrue())
        if not asks:
            return self._known
        if inside() and not transactions.is_open():
            # What is around them was a miss, so they may well be misses too: no look before the
            # claim. What turns out to be there is let go of with what is kept.
            self._fill(asks, counted=False)
            return self._known
        wanted = dict.fromkeys(chain.from_iterable(each.store_keys for each in asks))
        missing = self._read(asks, self._store.get_many(list(wanted)))
        if missing:
            _count_misses(missing)
            if transactions.is_open():
                self._compute_only(missing, "transaction")
            else:
                self._fill(list(missing))
        return self._known

    def _believable(self, asks: Sequence[Ask], untrue: Collection[str] = ()) -> Sequence[Ask]:
        """Those of which an entry could be believed now; the others are computed."""
        doubted = watch.doubted()
        if doubted is not None and not doubted and not untrue:
            return asks
        reason = "lapsed" if doubted is None else "doubted"
        ended = {*(doubted or ()), *untrue}
        everything = doubted is None or EVERYTHING in ended
        unbelieved = [
            each for each in asks if each.stamps and (everything or ended.intersection(each.tags))
        ]
        if unbelieved:
            _count_misses(dict.fromkeys(unbelieved, reason))
            self._compute_only(unbelieved, "doubted")
        return [each for each in asks if each not in self._known]

    def _read(self, asks: Iterable[Ask], found: Found) -> Reasons:
        """Notes what is there; returns what is not, each with its reason."""
        missing: Reasons = {}
        read: dict[str, list[int]] = defaultdict(list)
        hits: list[Ask] = []
        for each in asks:
            data = found.get(each.key)
            reason = self._look(each, data, found) if data is not None else "absent"
            if reason:
                missing[each] = reason
            elif data is not None:
                read[each.name].append(len(data))
                hits.append(each)
        if self._boarded:
            # At once: what is computed beside them may take long, and may ask for them itself.
            self._land(each.key for each in hits)
        cache_status.found(hits)
        for name, sizes in read.items():
            metrics.of(metrics.HITS, name).inc(len(sizes))
            metrics.of(metrics.READ, name).inc(sum(sizes))
        return missing

    def _look(self, each: Ask, data: bytes, found: Found) -> str:
        """Notes the value, or tells why there is none to be believed."""
        try:
            now = values.state([found[key] for key in each.stamps])
        except KeyError:
            return Flaw.STATE.value
        value = values.decode(each.key, now, data, each.shape)
        if isinstance(value, Flaw):
            return value.value
        if each.dies is Dies.TTL and each.freshness not in found:
            self._aged[each] = value
            return "aged"
        self._known[each] = value
        return ""

    def _compute_only(self, asks: Iterable[Ask], why: str) -> None:
        made, _ = compute(asks, self._aged)
        self._known |= made
        for each in made:
            metrics.of(metrics.REFUSED, each.name, why).inc()

    def _fill(self, missing: Sequence[Ask], counted: bool = True) -> None:
        """counted: whether it is known, and counted, that these are misses."""
        wait = conf().wait
        if inside():
            # It holds what is around it, for which others may wait who hold what it waits for. What
            # depends on what knows no circle: one closes only through values that are held and not
            # begun, so whoever has such ones is the one to go on by itself.
            wait = min(wait, MOST_WHILE_HOARDING if hoarding() else MOST_WHILE_HOLDING)
        # A page may ask several times; it waits no longer for all of them than for one.
        wait = max(0.0, wait - page.waited())
        ends = time.monotonic() + wait
        rest = list(missing)
        while rest and time.monotonic() < ends:
            self._boarded, already, others = FLIGHTS.board(each.key for each in rest)
            mine = self._boarded | already
            try:
                self._go([each for each in rest if each.key in mine], ends, counted)
            finally:
                self._land(self._boarded)
            rest = [each for each in rest if each.key in others and not self._show_aged(each)]
            with page.waiting():
                for each in rest:
                    others[each.key].wait(max(0.0, ends - time.monotonic()))
            rest, counted = self._still_missing(rest), True
        self._give_up(rest)

    def _land(self, keys: Iterable[str]) -> None:
        """Whoever in this process waits for what is under these keys looks for it now."""
        done = self._boarded.intersection(keys)
        self._boarded = self._boarded - done
        if done:
            FLIGHTS.land(done)

    def _go(self, missing: Sequence[Ask], ends: float, counted: bool) -> None:
        """Computes what no other process computes, and waits until those others are done. Whoever in this
        process waits for what is computed is told before that wait."""
        held = rest = self._claim_and_compute(missing, counted) if missing else []
        self._land(self._boarded.difference(each.key for each in rest))
        pause = FIRST_LOOK
        while rest and time.monotonic() < ends:
            with page.waiting():
                time.sleep(pause)
            pause = min(2 * pause, LAST_LOOK)
            rest = self._look_again(rest)
        _count_waits(each for each in held if each not in rest)
        self._give_up(rest)

    def _still_missing(self, waited: Sequence[Ask]) -> list[Ask]:
        """What another thread of this process did not bring, after a look."""
        asks = self._believable(waited)
        if not asks:
            return []
        wanted = dict.fromkeys(chain.from_iterable(each.store_keys for each in asks))
        missing = self._read(asks, self._store.get_many(list(wanted)))
        _count_waits(each for each in asks if each not in missing)
        return list(missing)

    def _give_up(self, waited: Sequence[Ask]) -> None:
        if waited:
            _count_waits(waited, "gave_up")
            self._compute_only(waited, "held")

    def _look_again(self, held: list[Ask]) -> list[Ask]:
        """What is still held by others, after a look."""
        asks = self._believable(held)
        if not asks:
            return []
        wanted = dict.fromkeys(key for each in asks for key in (each.hold, *each.store_keys))
        found = self._store.get_many(list(wanted))
        missing = self._read(asks, found)
        free = [each for each in missing if each.hold not in found]
        taken = [each for each in missing if each.hold in found]
        # What stands where a claim should and is none has no holder who would ever be done.
        broken = [each for each in taken if found[each.hold] != values.claim(each.hold)]
        if broken:
            self._compute_only(broken, "claim")
            taken = [each for each in taken if each not in broken]
        return taken + (self._claim_and_compute(free) if free else [])

    def _claim_and_compute(self, asks: Sequence[Ask], counted: bool = True) -> list[Ask]:
        """Computes and keeps what nobody else computes; what others hold is returned."""
        began = time.monotonic()
        adds = {each.hold: (values.claim(each.hold), conf().hold) for each in asks}
        adds |= {key: stamps.fresh() for key in dict.fromkeys(k for e in asks for k in e.stamps)}
        wanted = dict.fromkeys(key for each in asks for key in each.store_keys)
        claimed = self._store.claim(adds, list(wanted))
        if claimed is None:
            self._compute_only(asks, "stamp")
            return []
        mine = [each for each in asks if each.hold in claimed.added]
        # Whoever held it may have finished between the first look and the claim.
        missing = self._read(asks, claimed.found)
        if not counted:
            _count_misses(missing)
        free = [each.hold for each in mine if each not in missing]
        held = [each for each in mine if each in missing]
        if held or free:
            self._make(held, free, claimed.found, began)
        others = [each for each in missing if each not in held]
        return [each for each in others if not self._show_aged(each)]

    def _show_aged(self, each: Ask) -> bool:
        if each not in self._aged:
            return False
        self._known[each] = self._aged[each]
        cache_status.showed_aged(each)
        metrics.of(metrics.STALE, each.name).inc()
        return True

    def _make(self, held: list[Ask], free: list[str], found: Found, began: float) -> None:
        """Computes what this caller holds, keeps it, and lets go of it."""
        sets: dict[str, tuple[bytes, int]] = {}
        deletes = list(free)
        let_go = [each.hold for each in held]
        made: Values = {}
        try:
            _, old = compute(held, self._aged, made)
            self._known |= made
            for each in held:
                if each in old:
                    cache_status.showed_aged(each)
                    metrics.of(metrics.STALE, each.name).inc()
                else:
                    sets |= self._entry(each, made[each], found)
            # The source of what stayed old is down: held, it is left alone for a while.
            let_go = [each.hold for each in held if each not in old]
        except ANSWERS:
            gone = next(each.name for each in held if each not in made)
            # Gone, however fresh its old value still seems.
            deletes += [each.key for each in held if each.name == gone]
            raise
        finally:
            if time.monotonic() - began < conf().hold - 1:  # else another may hold it by now
                deletes += let_go
            if sets or deletes:
                if self._store.finish(sets, deletes):
                    cache_status.stored(each for each in held if each.key in sets)
                written: Counter[str] = Counter()
                for each in held:
                    written[each.name] += len(sets.get(each.key, (b"",))[0])
                for name, size in written.items():
                    metrics.of(metrics.WRITTEN, name).inc(size)

    def _entry(self, each: Ask, value: Any, found: Found) -> dict[str, tuple[bytes, int]]:
        """What is to be put in the store for this value; nothing where it can't be kept."""
        now = [found[key] for key in each.stamps if key in found]
        if len(now) < len(each.stamps):
            return self._refuse(each, "stamp")  # nothing could end it
        data = values.encode(each.key, values.state(now), value)
        if data is None:
            return self._refuse(each, "shape")
        if len(data) > conf().largest:
            return self._refuse(each, "size")
        if not values.fits(value, each.shape):
            return self._refuse(each, "shape")
        if each.dies is not Dies.TTL:
            return {each.key: (data, each.seconds)}
        return {
            each.key: (data, each.seconds + conf().stale),
            each.freshness: (b"", each.seconds),
        }

    def _refuse(self, each: Ask, why: str) -> dict[str, tuple[bytes, int]]:
        metrics.of(metrics.REFUSED, each.name, why).inc()
        return {}


def _count_misses(missing: Reasons) -> None:
    cache_status.missed(missing)
    for (name, reason), times in Counter((e.name, why) for e, why in missing.items()).items():
        metrics.of(metrics.MISSES, name, reason).inc(times)


def _count_waits(asks: Iterable[Ask], outcome: str = "got") -> None:
    for name, times in Counter(each.name for each in asks).items():
        metrics.of(metrics.WAITS, name, outcome).inc(times)
