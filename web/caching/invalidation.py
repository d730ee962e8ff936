"""How a write ends what it made untrue: upstream first, then downstream.

In this order, else a page that was just purged is filled again from a stale value.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from django.db import transaction

from . import edge, keys, stamps
from .conf import conf
from .stores import current

# Every page carries it, so that one purge empties the edge.
EVERYTHING = "everything"


def invalidate(*tags: str) -> None:
    """Ends everything that these tags stand for, when the transaction commits.

    Outside of a transaction at once. A transaction that is rolled back invalidates nothing.
    """
    for tag in tags:
        keys.stamp(tag)  # raises for what is no tag, before the write is committed
    transaction.on_commit(partial(_deliver, tuple(dict.fromkeys(tags))))


def invalidate_everything() -> None:
    """Empties both layers when the transaction commits: for imports that touch it all."""
    transaction.on_commit(_deliver_everything)


def _deliver(tags: Iterable[str]) -> None:
    store = current()
    if store:
        stamps.renew(store, tags)
    if conf().freshness == "invalidate":
        edge.purge(tags)


def _deliver_everything() -> None:
    store = current()
    if store:
        store.clear()
    edge.purge([EVERYTHING])
