"""manage.py seed --posts N [--comments 30] [--seed 1] [--until DATE] [--append | --replace]"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from content.seeding.corpus import Corpus, NoCorpus
from content.seeding.sow import Order, Sown, sow
from magazine.models import Post


class Command(BaseCommand):
    help = "Fills the site with real prose, people, threads, photographs and clips."

    def add_arguments(self, parser: CommandParser) -> None:
        # Texts, checked below: one line for a bad value instead of the whole usage.
        parser.add_argument("--posts", default="1000", help="articles, 0 to 1000000")
        parser.add_argument("--comments", default="30", help="comments a post on average, 0 to 500")
        parser.add_argument("--seed", default="1", help="the same number makes the same content")
        parser.add_argument("--until", default="", help="the newest date; today unless given")
        parser.add_argument(
            "--append", action="store_true", help="add to what is there instead of refusing"
        )
        parser.add_argument(
            "--replace", action="store_true", help="remove EVERYTHING that is there, then seed"
        )

    def handle(self, *_: Any, append: bool, replace: bool, **options: Any) -> None:
        order = Order(
            posts=_whole("--posts", options["posts"], 0, 1_000_000),
            comments=_whole("--comments", options["comments"], 0, 500),
            seed=_whole("--seed", options["seed"], 0, 2**63 - 1),
            until=_date(options["until"]),
        )
        if append and replace:
            raise CommandError("--append and --replace exclude each other: choose one")
        begun = time.monotonic()
        try:
            sown = self._sow(order, append, replace)
        except NoCorpus as failure:
            raise CommandError(str(failure)) from None
        self.stdout.write(
            f"seeded {sown.posts} posts, {sown.comments} comments and {sown.votes} votes "
            f"in {time.monotonic() - begun:.1f} s"
        )

    def _sow(self, order: Order, append: bool, replace: bool) -> Sown:
        corpus = Corpus(Path(settings.LAB.corpus))
        with transaction.atomic():
            if replace:
                call_command("flush", interactive=False, verbosity=0)
            elif not append and Post.objects.exists():
                raise CommandError(
                    "the database has posts already: --append adds to them, "
                    "--replace removes everything first"
                )
            return sow(order, corpus)


def _whole(name: str, written: object, least: int, most: int) -> int:
    text = str(written)
    # isdecimal alone would take other scripts' digits.
    if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
        raise CommandError(
            f"{name}={text}: accepted values are whole numbers from {least} to {most}"
        )
    return int(text)


def _date(written: str) -> datetime:
    """The end of the day before it, in UTC: one day's seeds are the same."""
    if not written:
        return timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        return datetime.strptime(written, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise CommandError(
            f"--until={written}: accepted values are dates like 2026-05-31"
        ) from None
