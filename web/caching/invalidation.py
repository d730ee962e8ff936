"""How a write ends what it made untrue: upstream first, then downstream.

In this order, else a page that was just purged is filled again from a stale value.

What is owed is written to the outbox in the write's own transaction and delivered when that
commits, before the write is answered. What a process that died, or a cache that could not be
reached, left undelivered, the relay delivers (`manage.py relay_invalidations`): an invalidation
may come late, but is never lost.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.db import connection, models, transaction
from django.utils import timezone

from . import edge, keys, stamps
from .conf import conf
from .stores import current

if TYPE_CHECKING:
    from .models import PendingInvalidation

# Every page carries it, so that one purge empties the edge.
EVERYTHING = "everything"

# A row younger than this is being delivered by the process that wrote it.
OVERDUE = timedelta(seconds=1)
BATCH = 100


def invalidate(*tags: str) -> None:
    """Ends everything that these tags stand for, when the transaction commits.

    Call it in the transaction of the write; one that is rolled back invalidates nothing. Raises
    ValueError for what is no tag, before anything is committed.
    """
    unique = tuple(dict.fromkeys(tags))
    for tag in unique:
        keys.stamp(tag)
    if unique:
        owed = _outbox().create(tags=" ".join(unique))
        transaction.on_commit(partial(_settle, owed.pk, unique))


def invalidate_everything() -> None:
    """Empties both layers when the transaction commits: for imports that touch it all."""
    invalidate(EVERYTHING)


def relay() -> int:
    """Delivers what is overdue; how many rows that were. For one relay or several at a time."""
    overdue = _outbox().filter(created_at__lt=timezone.now() - OVERDUE)
    if not overdue.exists():  # nearly always, so it must be cheap
        return 0
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            overdue = overdue.select_for_update(skip_locked=True)
        rows = list(overdue.order_by("pk")[:BATCH])
        tags = dict.fromkeys(tag for row in rows for tag in row.tags.split())
        if not rows or not _deliver(tags):
            return 0
        _outbox().filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _outbox() -> models.Manager[PendingInvalidation]:
    # Models can't be imported while apps are loading, which is when sites declare policies.
    from .models import PendingInvalidation

    return PendingInvalidation.objects


def _settle(pk: int, tags: tuple[str, ...]) -> None:
    if _deliver(tags):
        _outbox().filter(pk=pk).delete()


def _deliver(tags: Collection[str]) -> bool:
    """Whether every layer has it. The edge waits for the upstream cache."""
    store = current()
    everything = EVERYTHING in tags
    if store and not (store.clear() if everything else stamps.renew(store, tags)):
        return False
    if conf().freshness != "invalidate" and not everything:
        return True  # by age alone
    return edge.purge(tags)
