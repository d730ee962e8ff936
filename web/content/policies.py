"""What is generated, and what comes from somebody else.

The one place that knows both addresses of a generated thing: the object that is in the bucket
for ever, and the view that makes it at each request (LAB_GENERATED=off). Neither is tagged: a
generated thing is named by the hash of its source, and no write of ours changes the partner's feed.
"""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.urls import reverse

from caching import Dies, Use, enabled, policy
from magazine.models import Clip

from . import partner
from .media import photos, renditions, videos

Sized = tuple[str, int]


@policy(use=Use.GENERATED, dies=Dies.NEVER)
def thumbnail_url(sha256: str, width: int) -> str:
    """Where the thumbnail of the photo with this hash is; `width` is one of photos.WIDTHS."""
    return _thumbnail_urls([(sha256, width)])[sha256, width]


def _thumbnail_urls(wanted: list[Sized]) -> dict[Sized, str]:
    if not enabled(Use.GENERATED):
        return {sized: reverse("generate-thumbnail", args=sized) for sized in wanted}
    renditions.ensure_thumbnails(wanted)
    return {sized: default_storage.url(photos.thumbnail_name(*sized)) for sized in wanted}


@policy(use=Use.GENERATED, dies=Dies.NEVER)
def clip_url(clip_id: int) -> str:
    """Where the clip's video is."""
    return _clip_urls([clip_id])[clip_id]


def _clip_urls(wanted: list[int]) -> dict[int, str]:
    return _urls_of(wanted, "webm")


@policy(use=Use.GENERATED, dies=Dies.NEVER)
def poster_url(clip_id: int) -> str:
    """Where the picture is that stands for the clip until it plays."""
    return _poster_urls([clip_id])[clip_id]


def _poster_urls(wanted: list[int]) -> dict[int, str]:
    return _urls_of(wanted, "webp")


def _urls_of(wanted: list[int], kind: videos.Kind) -> dict[int, str]:
    clips = Clip.objects.in_bulk(wanted)
    if not enabled(Use.GENERATED):
        return {
            pk: reverse("generate-clip", args=[clip.source_sha256, videos.span(clip), kind])
            for pk, clip in clips.items()
        }
    renditions.ensure_clips(clips.values(), kind)
    return {pk: default_storage.url(videos.clip_name(clip, kind)) for pk, clip in clips.items()}


thumbnail_url.bulk(_thumbnail_urls)
clip_url.bulk(_clip_urls)
poster_url.bulk(_poster_urls)


@policy(use=Use.SYNDICATED, dies=Dies.TTL)
def partner_headlines() -> list[dict[str, str]]:
    """The partner's newest: [{"title", "url", "summary", "published"}], the date in ISO 8601.

    Raises partner.PartnerDown, so that the copy that is kept stays.
    """
    return partner.headlines()
