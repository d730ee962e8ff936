"""The outbox: what is to be invalidated, written in the transaction that made it untrue."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class PendingInvalidation(models.Model):
    """Tags whose invalidation is owed. The row goes when every layer has it."""

    tags = models.TextField(help_text="Separated by spaces; none: see caching/watch.py.")
    # Then only a cache downstream still owes it, and nobody need doubt what is kept upstream.
    upstream_told = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return self.tags
