"""Full-text search of what is published: Postgres' own, or plain containment on SQLite."""

from __future__ import annotations

from django.db import connection
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from .models import Post

# The same words as in migration 0002's index, or Postgres would not use it.
DOCUMENT = (
    "to_tsvector('english', magazine_post.title || ' ' || magazine_post.standfirst"
    " || ' ' || magazine_post.body)"
)


def matching(posts: QuerySet[Post], words: str) -> QuerySet[Post]:
    """The posts that hold all words, in any form of them on Postgres ("running" finds "run")."""
    if connection.vendor == "postgresql":
        condition = f"{DOCUMENT} @@ websearch_to_tsquery('english', %s)"
        match = RawSQL(condition, [words], output_field=BooleanField())  # noqa: S611  a constant
        return posts.filter(match)
    for word in words.split():
        held = Q(title__icontains=word) | Q(standfirst__icontains=word) | Q(body__icontains=word)
        posts = posts.filter(held)
    return posts
