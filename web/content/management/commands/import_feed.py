"""manage.py import_feed FILE_OR_URL"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from content.fetch import FetchError, fetch
from content.importing.feeds import parse_feed
from content.importing.items import BadImport
from content.importing.save import save

SECONDS = 30.0
MOST_BYTES = 20_000_000


class Command(BaseCommand):
    help = "Adds the entries of an RSS or Atom feed as posts; those already there stay as they are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", metavar="FILE_OR_URL")

    def handle(self, *_: Any, source: str, **__: Any) -> None:
        try:
            outcome = save(parse_feed(_read(source), source), "feed")
        except (BadImport, FetchError) as failure:
            raise CommandError(f"{failure}. Nothing was imported.") from None
        self.stdout.write(
            f"{source}: {outcome.posts} posts added, {outcome.known} were already there"
        )


def _read(source: str) -> bytes:
    if "://" in source:
        return fetch(source, seconds=SECONDS, most_bytes=MOST_BYTES)
    try:
        with Path(source).open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as failure:
        raise BadImport(f"{source}: can't be read ({failure.strerror})") from None
    if len(data) > MOST_BYTES:
        raise BadImport(
            f"{source}: is larger than {MOST_BYTES // 1_000_000} MB, too large for a feed"
        )
    return data
