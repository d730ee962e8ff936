"""manage.py import_wordpress FILE"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from content.importing.items import BadImport
from content.importing.save import save
from content.importing.wordpress import parse_wordpress


class Command(BaseCommand):
    help = "Adds the posts, drafts and comments of a WordPress export (Tools, Export, All content)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)

    def handle(self, *_: Any, file: Path, **__: Any) -> None:
        try:
            outcome = save(parse_wordpress(file), "wp")
        except BadImport as failure:
            raise CommandError(f"{failure}. Nothing was imported.") from None
        except OSError as failure:
            raise CommandError(f"{file}: can't be read ({failure.strerror}).") from None
        self.stdout.write(
            f"{file}: {outcome.posts} posts and {outcome.comments} comments added, "
            f"{outcome.known} posts were already there"
        )
