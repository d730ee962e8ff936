"""Rows that the cases are tried on. A run makes its own and removes them."""

from django.db import models


class Presence(models.Model):
    """One reader who has a page open."""

    page = models.CharField(max_length=40, db_index=True)

    def __str__(self) -> str:
        return self.page


class Ballot(models.Model):
    """One vote in a poll."""

    poll = models.CharField(max_length=40, db_index=True)

    def __str__(self) -> str:
        return self.poll


class Note(models.Model):
    """A text that two people work on. version: grows with every write that minds it."""

    title = models.CharField(max_length=80)
    body = models.CharField(max_length=200)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.title
