"""Tags and their stamps: how an entry learns that its data changed.

Every tag has a stamp in the store, a fresh random value. An entry carries the stamps it was made
under and is believed only while all of them are the current ones. A write gives its tags new
stamps; what a slow reader puts back later carries the old ones and is never believed.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping

from . import keys
from .conf import conf
from .stores import Store

# Longer than any entry is kept; an evicted or expired stamp only makes its entries misses.
MARGIN = 3_600


def complete(store: Store, tags: Iterable[str], found: Mapping[str, bytes]) -> dict[str, bytes]:
    """The stamps of these tags, by tag; a missing one is made. Call it before data is read.

    A tag is absent from the answer where the store can't hold a stamp for it: its entries
    must not be kept.
    """
    stamps = {tag: found[keys.stamp(tag)] for tag in tags if keys.stamp(tag) in found}
    missing = [tag for tag in dict.fromkeys(tags) if tag not in stamps]
    lost = []
    for tag in missing:
        made = secrets.token_bytes(12)
        if store.add(keys.stamp(tag), made, conf().keep + MARGIN):
            stamps[tag] = made
        else:
            lost.append(tag)
    if lost:  # another reader was first: its stamp counts
        theirs = store.get_many([keys.stamp(tag) for tag in lost])
        stamps |= {tag: theirs[keys.stamp(tag)] for tag in lost if keys.stamp(tag) in theirs}
    return stamps


def renew(store: Store, tags: Iterable[str]) -> bool:
    """New stamps for these tags: every entry made under the old ones is dead.

    Whether the store holds them; it does not where it can't be reached.
    """
    fresh = {keys.stamp(tag): secrets.token_bytes(12) for tag in tags}
    return store.put(fresh, conf().keep + MARGIN)
