"""What a transaction that is still open means for lookups made in it.

What it reads may be its own, uncommitted writing, which nobody else must be shown and which may be
rolled back; and what it has invalidated dies for the others only when it commits.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class WhenCommitted:
    """What `invalidate` leaves with the transaction. row: the key of what is owed in the outbox."""

    row: int
    tags: tuple[str, ...]

    def __call__(self) -> None:
        from .invalidation import settle  # it makes these

        settle(self.row, self.tags)


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
    callbacks = (entry[1] for entry in connection.run_on_commit)
    return {tag for each in callbacks if isinstance(each, WhenCommitted) for tag in each.tags}
