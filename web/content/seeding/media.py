"""The corpus' photographs and videos, as the site's photos and clips."""

from __future__ import annotations

from datetime import datetime, timedelta

from PIL import Image

from content.media import photos, videos
from content.seeding.corpus import Corpus, Picture
from magazine.models import Clip

CLIPS = 8
# Seconds; a shorter video is one clip as a whole.
LONGEST = 3.0


def store_photos(corpus: Corpus, until: datetime) -> list[int]:
    """Every photograph, under its own hash; their primary keys."""
    return [
        _photo(picture, until - timedelta(days=9 * n)) for n, picture in enumerate(corpus.photos)
    ]


def _photo(picture: Picture, when: datetime) -> int:
    with Image.open(picture.path) as image:
        size = image.size
    photo = photos.keep(
        picture.path.read_bytes(),
        size,
        title=picture.title,
        credit=picture.credit,
        licence=picture.licence,
        created_at=when,
    )
    return photo.pk


def store_clips(corpus: Corpus, until: datetime) -> None:
    """Pieces of the corpus' videos, the long ones' first pieces first."""
    pieces = [(video, start, length) for video in corpus.videos for start, length in _cuts(video)]
    stored = {video.path: videos.store_video(video.path.read_bytes()) for video in corpus.videos}
    for number, (video, start, length) in enumerate(pieces[:CLIPS]):
        key, sha256 = stored[video.path]
        Clip.objects.get_or_create(
            source_sha256=sha256,
            start=start,
            duration=length,
            defaults={
                "title": f"{video.title}, from second {start:g}" if start else video.title,
                "credit": video.credit,
                "licence": video.licence,
                "source_key": key,
                "width": video.width,
                "height": video.height,
                "created_at": until - timedelta(days=11 * number),
            },
        )


def _cuts(video: Picture) -> list[tuple[float, float]]:
    """Start and length of the pieces of a video, whole and half seconds."""
    if video.seconds <= LONGEST:
        return [(0.0, int(video.seconds * 10) / 10)]
    # Windows that overlap by half, so that ten seconds are enough for a page of clips.
    starts = range(int((video.seconds - LONGEST) // (LONGEST / 2)) + 1)
    return [(start * LONGEST / 2, LONGEST) for start in starts]
