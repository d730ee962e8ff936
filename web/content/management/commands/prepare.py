"""manage.py prepare --posts N: what init.sh runs."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from magazine.models import Post


class Command(BaseCommand):
    help = "Makes tables, bucket, static files and content, as far as they are not there yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--posts", default="1000", help="for a database without posts")

    def handle(self, *_: Any, posts: str, **__: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("ensure_bucket", stdout=self.stdout)
        self._collect_static()
        if not Post.objects.exists():
            call_command("seed", posts=posts, stdout=self.stdout)
        call_command("generate_media", stdout=self.stdout)

    def _collect_static(self) -> None:
        """Collecting asks the bucket about every file; one mark tells whether there is a need."""
        mark = f"collected-{_digest()}"
        if not staticfiles_storage.exists(mark):
            call_command("collectstatic", interactive=False, verbosity=0)
            staticfiles_storage.save(mark, ContentFile(b"\n"))
            self.stdout.write("collected static files")


def _digest() -> str:
    """A hash of every static file's name and content."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: found[0]):
            digest.update(path.encode())
            with storage.open(path) as file:
                digest.update(file.read())
    return digest.hexdigest()[:16]
