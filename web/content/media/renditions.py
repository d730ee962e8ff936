"""Generated objects in the bucket: made when they are first asked for, and never again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from content.models import Rendition
from magazine.models import Clip, Photo

from . import photos, videos


def ensure_thumbnails(wanted: Collection[tuple[str, int]]) -> int:
    """Sees to it that these thumbnails, by hash and width, are stored; how many had to be made."""
    return _ensure(
        {
            photos.thumbnail_name(sha256, width): partial(_thumbnail, sha256, width)
            for sha256, width in wanted
        }
    )


def ensure_clips(clips: Iterable[Clip], kind: videos.Kind) -> int:
    """Sees to it that the clips' videos, or posters, are stored; how many had to be made."""
    return _ensure(
        {videos.clip_name(clip, kind): partial(videos.generate, clip, kind) for clip in clips}
    )


def _thumbnail(sha256: str, width: int) -> bytes:
    return photos.thumbnail(Photo.objects.get(sha256=sha256), width)


def _ensure(wanted: Mapping[str, Callable[[], bytes]]) -> int:
    """One query when everything is there. `wanted`: an object's name, and what makes it."""
    there = Rendition.objects.filter(name__in=wanted).values_list("name", flat=True)
    missing = sorted(wanted.keys() - set(there))
    for name in missing:
        # What is there already under a name made of its source's hash is the same.
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(wanted[name]()))
    Rendition.objects.bulk_create([Rendition(name=name) for name in missing], ignore_conflicts=True)
    return len(missing)
