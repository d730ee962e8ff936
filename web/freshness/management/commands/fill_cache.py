"""`manage.py fill_cache`: fills the upstream cache until it evicts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from freshness import filler
from freshness.subjects import Unusable, shared_store


class Command(BaseCommand):
    """The server's own counter tells how much it evicted."""

    help = "Fill the upstream cache with values that mean nothing, until it evicts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--evictions", type=int, default=1_000, help="of values, to wait for")

    def handle(self, *_: Any, evictions: int, **__: Any) -> None:
        try:
            store = shared_store()
            evicted = filler.fill(filler.server(), evictions)
        except (Unusable, filler.NotFull) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{store} evicted {evicted:,} values")
