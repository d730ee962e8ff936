"""manage.py generate_media"""

from __future__ import annotations

from itertools import product
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError

from content.media import BadVideo, photos, renditions, videos
from content.models import Rendition
from magazine.models import Clip, Photo

FOLDERS = ("thumbs", "clips")


class Command(BaseCommand):
    help = (
        "Makes every thumbnail and clip that is not in the bucket yet, ahead of the first reader."
    )

    def handle(self, *_: Any, **__: Any) -> None:
        _forget_lost()
        hashes = Photo.objects.values_list("sha256", flat=True)
        try:
            made = renditions.ensure_thumbnails(list(product(hashes, photos.WIDTHS)))
            clips = list(Clip.objects.all())
            made += sum(renditions.ensure_clips(clips, kind) for kind in videos.KINDS)
        except BadVideo as failure:
            raise CommandError(str(failure)) from None
        self.stdout.write(f"generated {made} thumbnails, clips and posters")


def _forget_lost() -> None:
    """What the bucket doesn't hold any more (a new volume) is to be made again."""
    for folder in FOLDERS:
        try:
            stored = {f"{folder}/{name}" for name in default_storage.listdir(folder)[1]}
        except FileNotFoundError:
            stored = set()
        recorded = Rendition.objects.filter(name__startswith=f"{folder}/")
        lost = set(recorded.values_list("name", flat=True)) - stored
        Rendition.objects.filter(name__in=lost).delete()
