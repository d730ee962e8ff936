"""How a process knows that the store can be believed, though a write may have failed to reach it.

A write that can't reach the store (it is paused, cut off, full, read-only), or whose process died
after its commit, leaves a row in the outbox. Every process looks at the outbox a few times a
second, in a thread of its own, so that no page pays a query for it:

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

from django.db import Error, connection

from .conf import conf, derives_from_settings

log = logging.getLogger("caching")

# Looks in the time of one lease: a few may come late before a process stops believing.
LOOKS = 4
# More that is owed than this is not told apart.
MOST = 500
# The tags of the mark: none, so nothing that any tag can end is believed.
MARK = ""

SHARED = ("redis", "memcached")
NOTHING: frozenset[str] = frozenset()


class Watch:
    """What one process has seen of the outbox."""

    def __init__(self) -> None:
        self._process = os.getpid()
        self._starting = threading.Lock()
        self._started = False
        self._until = 0.0
        self._doubted: frozenset[str] | None = None
        self._marked_since: float | None = None

    def doubted(self) -> frozenset[str] | None:
        """The tags whose entries must not be believed; None where none must."""
        if time.monotonic() < self._until:
            return self._doubted
        if not self._started:
            self._start()
            return self._doubted if time.monotonic() < self._until else None
        return None  # the thread has not looked for too long

    def _start(self) -> None:
        with self._starting:
            if self._started:
                return
            self.look()
            threading.Thread(target=self._run, name="caching-watch", daemon=True).start()
            self._started = True

    def _run(self) -> None:
        while self is _watch:  # else the settings are others now
            time.sleep(conf().lease / LOOKS)
            try:
                self.look()
            except Exception:  # whatever it is, the next look may succeed; until then all lapses
                log.exception("what is owed to the caches could not be read")
        connection.close()

    def look(self) -> None:
        """Reads what is owed. Where the database does not answer, what was seen lapses."""
        from .models import PendingInvalidation

        began = time.monotonic()
        try:
            owed = list(PendingInvalidation.objects.values_list("tags", flat=True)[: MOST + 1])
        except Error as failure:
            log.warning("what is owed to the caches could not be read: %s", failure)
            connection.close()
            return
        marked = MARK in owed
        self.note_mark(marked)
        self._doubted = (
            None
            if marked or len(owed) > MOST
            else frozenset(tag for tags in owed for tag in tags.split())
        )
        self._until = began + conf().lease

    def note_mark(self, marked: bool) -> None:
        """Remembers since when the mark is known to be there."""
        if not marked:
            self._marked_since = None
        elif self._marked_since is None:
            self._marked_since = time.monotonic()

    def nobody_believes(self) -> bool:
        """Whether the mark has been there for a lease, and is there now: asks the database."""
        from .models import PendingInvalidation

        since = self._marked_since
        if since is None or time.monotonic() - since < conf().lease:
            return False
        return PendingInvalidation.objects.filter(tags=MARK).exists()


_watch = Watch()


def doubted() -> frozenset[str] | None:
    """The tags whose entries must not be believed now; None where no tag's must."""
    return _watch.doubted() if conf().store in SHARED else NOTHING


def wait_until_nobody_believes(committed: float) -> None:
    """Returns when every process knows of what is owed, or believes nothing.

    committed: time.monotonic() after the commit that wrote it.
    """
    from .models import PendingInvalidation

    try:
        if _watch.nobody_believes():
            return
        PendingInvalidation.objects.get_or_create(tags=MARK)
        _watch.note_mark(True)
    except Error as failure:
        log.warning("the mark could not be left: %s", failure)
    time.sleep(max(0.0, committed + conf().lease - time.monotonic()))


def _forget() -> None:
    global _watch
    _watch = Watch()


os.register_at_fork(after_in_child=_forget)
derives_from_settings(_forget)
