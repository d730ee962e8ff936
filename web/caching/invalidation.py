"""How a write ends what it made untrue: upstream first, then downstream.

In this order, else a page that was just purged is filled again from a stale value.

What is owed is written to the outbox in the write's own transaction and delivered when that
commits, before the write is answered. What a process that died, or a cache that could not be
reached, left undelivered, the relay delivers (`manage.py relay_invalidations`): an invalidation
may come late, but is never lost; and until then nobody believes what it ends (caching/watch.py).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import Error, connection, models, transaction
from django.utils import timezone

from . import edge, keys, stamps, watch
from .conf import conf
from .keys import EVERYTHING
from .stores import current
from .transactions import WhenCommitted

if TYPE_CHECKING:
    from .models import PendingInvalidation

log = logging.getLogger("caching")

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
        transaction.on_commit(WhenCommitted.joined(owed.pk, unique))


def invalidate_everything() -> None:
    """Ends all that dies by invalidation, and empties the edge, when the transaction commits: for
    imports that touch it all."""
    invalidate(EVERYTHING)


def settle(rows: Collection[int], tags: Collection[str]) -> None:
    """Delivers what was just committed; what can't be is left to the relay."""
    committed = time.monotonic()
    # Where nobody believes the store, and it is known to be away, telling it would only cost time.
    away = not _store_answers() and watch.nobody_believes()
    upstream = not away and _tell_upstream(tags)
    if not upstream:
        watch.wait_until_nobody_believes(committed)
    downstream = _tell_downstream(tags)
    owed = _outbox().filter(pk__in=rows)
    try:
        if upstream and downstream:
            owed.delete()
        elif upstream:
            owed.update(upstream_told=True)
    except Error as failure:  # the write is committed and told: the relay tells it again
        log.warning("what was delivered could not be struck off: %s", failure)


def relay() -> int:
    """Delivers what is overdue; how many rows that were. For one relay or several at a time."""
    overdue = _outbox().exclude(pk=watch.MARK).filter(created_at__lt=timezone.now() - OVERDUE)
    if not overdue.exists():  # nearly always, so it must be cheap
        _lift_mark()
        return 0
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            overdue = overdue.select_for_update(skip_locked=True)
        rows = list(overdue.order_by("pk")[:BATCH])
        untold = [row for row in rows if not row.upstream_told]
        if untold:
            if not _tell_upstream(_tags_of(untold)):
                return 0
            _outbox().filter(pk__in=[row.pk for row in untold]).update(upstream_told=True)
        if not rows or not _tell_downstream(_tags_of(rows)):
            return 0
        _outbox().filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _tags_of(rows: Iterable[PendingInvalidation]) -> Collection[str]:
    return dict.fromkeys(tag for row in rows for tag in row.tags.split())


def _lift_mark() -> None:
    """Lets processes believe again, once the store takes what it is told."""
    mark = _outbox().filter(pk=watch.MARK)
    if mark.exists() and _tell_upstream(["mark"]):
        mark.delete()


def _outbox() -> models.Manager[PendingInvalidation]:
    # Models can't be imported while apps are loading, which is when sites declare policies.
    from .models import PendingInvalidation

    return PendingInvalidation.objects


def _store_answers() -> bool:
    store = current()
    return store is None or store.answers


def _tell_upstream(tags: Collection[str]) -> bool:
    """Whether the upstream cache has it."""
    store = current()
    return store is None or stamps.renew(store, tags)


def _tell_downstream(tags: Collection[str]) -> bool:
    """Whether every edge has it."""
    if conf().freshness != "invalidate" and EVERYTHING not in tags:
        return True  # by age alone
    return edge.purge(tags)
