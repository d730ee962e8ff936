"""The durable record of what was generated, so that a page learns it with one query."""

from django.db import models
from django.utils import timezone


class Rendition(models.Model):
    """A generated object that is in the bucket. Its name holds its source's hash: never stale."""

    name = models.CharField(max_length=200, primary_key=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name
