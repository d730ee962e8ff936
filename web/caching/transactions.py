"""What a transaction that is still open means for lookups made in it.

What it reads may be its own, uncommitted writing, which nobody else must be shown and which may be
rolled back; and what it has invalidated dies for the others only when it commits.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import connection


@dataclass(slots=True)
class Batch:
    """What one transaction has invalidated so far, told at once when it commits. What a savepoint
    took back may be among it: that ends a little more than it must."""

    rows: list[int] = field(default_factory=list)
    tags: dict[str, None] = field(default_factory=dict)
    settled: bool = False


@dataclass(frozen=True, slots=True)
class WhenCommitted:
    """What `invalidate` leaves with the transaction."""

    tags: tuple[str, ...]
    batch: Batch

    @staticmethod
    def joined(row: int, tags: tuple[str, ...]) -> WhenCommitted:
        """One that shares the batch of those before it. row: what is owed in the outbox, its key."""
        others = _pending()
        made = WhenCommitted(tags, others[-1].batch if others else Batch())
        made.batch.rows.append(row)
        made.batch.tags |= dict.fromkeys(tags)
        return made

    def __call__(self) -> None:
        from .invalidation import settle  # it makes these

        if not self.batch.settled:
            self.batch.settled = True
            settle(self.batch.rows, self.batch.tags)


def _pending() -> list[WhenCommitted]:
    callbacks = (entry[1] for entry in connection.run_on_commit)
    return [each for each in callbacks if isinstance(each, WhenCommitted)]


def is_open() -> bool:
    """Whether a transaction is open that may yet be rolled back; a TestCase's own does not count,
    for nothing outside of the test sees what is kept in it."""
    return connection.in_atomic_block and any(
        not block._from_testcase  # type: ignore[attr-defined]
        for block in connection.atomic_blocks
    )


def untrue() -> Collection[str]:
    """The tags that the open transaction has invalidated."""
    if not connection.run_on_commit or not is_open():
        return ()
    return {tag for each in _pending() for tag in each.tags}
