"""What the checker's writers write and its readers read."""

from __future__ import annotations

import time

from django.db import models, transaction
from django.db.models import F


class Versioned(models.Model):
    """A row whose version only ever grows, by one with each write."""

    key = models.IntegerField(primary_key=True)
    version = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key} at version {self.version}"


def current_version(key: int) -> int:
    """The version in the database. Raises Versioned.DoesNotExist."""
    return Versioned.objects.values_list("version", flat=True).get(pk=key)


def raise_version(key: int, pause: float) -> int:
    """Writes the next version and returns it. Call it in a transaction, which then holds the
    row's lock; `pause` seconds pass in it, as in a transaction that has more to do."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("raise_version: call it in transaction.atomic")
    Versioned.objects.filter(pk=key).update(version=F("version") + 1)
    version = current_version(key)
    time.sleep(pause)
    return version
