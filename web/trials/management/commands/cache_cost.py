"""What the upstream cache costs in this process; `./scripts/lab check cost` calls it."""

from __future__ import annotations

from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser

from caching import Lookup
from magazine import pages, policies
from magazine.models import Post
from trials import cost


class Command(BaseCommand):
    help = "CPU time of lookups and of cold pages, as JSON. It empties the cache that is in force."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--posts", type=int, default=30, help="how many pages are made cold")

    def handle(self, *_: Any, posts: int, **__: Any) -> None:
        slugs = list(Post.objects.filter(status="published", kind="article")
                     .order_by("-published_at").values_list("slug", flat=True)[:posts])  # fmt: skip
        if not slugs:
            raise CommandError(
                "no page to make: needed are a published article, and --posts from 1"
            )
        slug = slugs[0]
        pieces: dict[str, Lookup[Any]] = {
            "post": policies.post_page.of(slug),
            "thread": policies.comment_thread.of(slug),
            "comments": policies.comment_count.of(slug),
            "tally": policies.vote_tally.of(slug),
            "related": policies.related_posts.of(slug),
            **pages.frame(),
        }
        figures = {
            "one lookup": cost.lookups({"page": pages.post_for_readers.of(slug)}),
            "seven lookups": cost.lookups(pieces),
            "cold": cost.cold([f"/posts/{each}/" for each in slugs]),
        }
        self.stdout.write(msgspec.json.encode(figures).decode())
