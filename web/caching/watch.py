"""How a process knows that the store can be believed, though a write may have failed to reach it.

A write that can't reach the store (it is paused, cut off, full, read-only), or whose process died
after its commit, leaves a row in the outbox. Every process looks at the outbox a few times a
second, in a thread of its own, so that no page pays a query for it (unless that thread gets no time):

- What is invalidated by a tag that is owed there is computed, and not believed.
- A process whose last look began longer than `lease` ago believes nothing that dies by invalidation.
- A write that could not be delivered is acknowledged when `lease` has passed since its commit: by
  then every process has looked since, or believes nothing. So no reader that begins after the
  acknowledgement is shown something older, and the store need not be reached for it.
- So that not every write has to wait while the store is away, the first leaves a mark in the
  outbox beside what it owes: while it is there, nothing is believed. The relay removes it.

Durations are each process' own; no clocks of two machines are compared.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from datetime import datetime

from django.db import Error, connection

from .conf import conf, derives_from_settings

log = logging.getLogger("caching")

# Looks in the time of one lease: a few may come late before a process stops believing.
LOOKS = 6
# More that is owed than this is not told apart.
MOST = 500
# The mark's key, so that there is one at most; it has no tags.
MARK = 0
# Seconds that a lookup waits for a look that another thread takes. Whoever believes nothing computes, and
# asks the same database: where a look takes long, that would take longer. A process's first look comes
# with its first requests, hundreds at once where it is started under load.
PATIENCE = 2.0

SHARED = ("redis", "memcached")
NOTHING: frozenset[str] = frozenset()


class Watch:
    """What one process has seen of the outbox."""

    def __init__(self) -> None:
        self._started = False
        self._turn = threading.Lock()
        # What the newest look saw, and until when that counts.
        self._seen: tuple[frozenset[str] | None, float] = None, 0.0
        # Which mark is there (when it was left), and since when that is known (time.monotonic()).
        self._mark: tuple[datetime, float] | None = None

    def doubted(self) -> frozenset[str] | None:
        """The tags whose entries must not be believed; None where none must."""
        if time.monotonic() >= self._seen[1]:
            self._catch_up()
        doubted, until = self._seen
        return doubted if time.monotonic() < until else None

    def _catch_up(self) -> None:
        """The first look, or one in place of the thread's, which gets no time on a busy machine."""
        if connection.in_atomic_block:
            return  # it may be shown the outbox as it was a while ago
        if not self._turn.acquire(timeout=PATIENCE):
            return
        try:
            if not self._started:
                threading.Thread(target=self._run, name="caching-watch", daemon=True).start()
                self._started = True
            if time.monotonic() >= self._seen[1]:
                self.look()
        finally:
            self._turn.release()

    def _run(self) -> None:
        while self is _watch:  # else the settings are others now
            time.sleep(conf().lease / LOOKS)
            try:
                self.look()
            except Exception:  # whatever it is, the next look may succeed; until then all lapses
                log.exception("what is owed to the caches could not be read")
        connection.close()

    def look(self) -> None:
        """Reads what is owed upstream. Where the database does not answer, what was seen lapses."""
        from .models import PendingInvalidation

        began = time.monotonic()
        owed = PendingInvalidation.objects.filter(upstream_told=False)
        try:
            rows = list(owed.values_list("pk", "tags", "created_at")[: MOST + 1])
        except Error as failure:
            log.warning("what is owed to the caches could not be read: %s", failure)
            connection.close()
            return
        marks = [left for pk, _, left in rows if pk == MARK]
        self.note_mark(marks[0] if marks else None)
        doubted = (
            None
            if marks or len(rows) > MOST
            else frozenset(tag for _, tags, _ in rows for tag in tags.split())
        )
        seen = doubted, began + conf().lease
        self._seen = max(
            self._seen, seen, key=lambda each: each[1]
        )  # another may have looked since

    def note_mark(self, left: datetime | None) -> None:
        """Remembers since when this mark is known to be there; None where there is none."""
        if left is None:
            self._mark = None
        elif self._mark is None or self._mark[0] != left:
            self._mark = left, time.monotonic()

    def nobody_believes(self) -> bool:
        """Whether one mark has been there for a lease, and is there now: asks the database."""
        from .models import PendingInvalidation

        mark = self._mark
        if mark is None or time.monotonic() - mark[1] < conf().lease:
            return False
        return PendingInvalidation.objects.filter(pk=MARK, created_at=mark[0]).exists()


_watch = Watch()


def doubted() -> frozenset[str] | None:
    """The tags whose entries must not be believed now; None where no tag's must."""
    return _watch.doubted() if conf().store in SHARED else NOTHING


def nobody_believes() -> bool:
    """Whether no process has believed anything for a lease, nor will until the mark is lifted."""
    try:
        return _watch.nobody_believes()
    except Error as failure:
        log.warning("the mark could not be looked for: %s", failure)
        return False


def wait_until_nobody_believes(committed: float) -> None:
    """Returns when every process knows of what is owed, or believes nothing.

    committed: time.monotonic() after the commit that wrote it.
    """
    from .models import PendingInvalidation

    if nobody_believes():
        return
    try:
        mark = PendingInvalidation(pk=MARK, tags="")
        PendingInvalidation.objects.bulk_create([mark], ignore_conflicts=True)
        found = PendingInvalidation.objects.filter(pk=MARK).values_list("created_at", flat=True)
        _watch.note_mark(found.first())
    except Error as failure:
        log.warning("the mark could not be left: %s", failure)
    time.sleep(max(0.0, committed + conf().lease - time.monotonic()))


def _forget() -> None:
    global _watch
    _watch = Watch()


os.register_at_fork(after_in_child=_forget)
derives_from_settings(_forget)
