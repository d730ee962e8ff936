"""Photographs: what is accepted, how they are stored, and their thumbnails."""

from __future__ import annotations

import hashlib
import io
import warnings
from datetime import datetime
from typing import IO, TYPE_CHECKING

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image, ImageOps, UnidentifiedImageError

from magazine.models import Photo

if TYPE_CHECKING:
    from magazine.models import User

WIDTHS = (320, 640, 1280)
FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 10_000_000
# 40 megapixels take 120 MB decoded; a small file can claim far more.
MOST_PIXELS = 40_000_000
# Photographs are kept at most so wide and high.
SIDE = 2048


class BadImage(ValueError):
    """An upload that is not kept; the text is one line for the person who sent it."""


def store_photo(
    file: IO[bytes],
    *,
    title: str,
    credit: str = "",
    licence: str = "",
    uploader: User | None = None,
) -> Photo:
    """Keeps an uploaded image, without its metadata (a camera notes where it was).

    The same picture sent again is the photo that is already there. Raises BadImage.
    """
    data, size = _prepared(file)
    return keep(data, size, title=title, credit=credit, licence=licence, uploader=uploader)


def keep(
    data: bytes,
    size: tuple[int, int],
    *,
    title: str,
    credit: str,
    licence: str,
    uploader: User | None = None,
    created_at: datetime | None = None,
) -> Photo:
    """The photo of these bytes, a JPEG that needs no preparing; makes it if there is none yet."""
    sha256 = hashlib.sha256(data).hexdigest()
    key = f"photos/{sha256}.jpg"
    if not default_storage.exists(key):
        default_storage.save(key, ContentFile(data))
    photo, _ = Photo.objects.get_or_create(
        sha256=sha256,
        defaults={
            "title": title,
            "credit": credit,
            "licence": licence,
            "width": size[0],
            "height": size[1],
            "key": key,
            "uploader": uploader,
            "created_at": created_at or timezone.now(),
        },
    )
    return photo


def thumbnail_name(sha256: str, width: int) -> str:
    return f"thumbs/{sha256}-{width}.webp"


def thumbnail(photo: Photo, width: int) -> bytes:
    """The photo as a WebP of this width; a photo that is narrower keeps its own."""
    with default_storage.open(photo.key) as source:
        return shrink(source.read(), width)


def shrink(data: bytes, width: int) -> bytes:
    """A pure function of its arguments: the same bytes whoever asks, and whenever."""
    with Image.open(io.BytesIO(data)) as image:
        wide = min(width, image.width)
        size = (wide, max(1, round(image.height * wide / image.width)))
        # Lets the JPEG decoder skip what the small picture doesn't need.
        image.draft("RGB", (size[0] * 2, size[1] * 2))
        smaller = image.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    result = io.BytesIO()
    smaller.save(result, "WEBP", quality=78, method=4)
    return result.getvalue()


def _prepared(file: IO[bytes]) -> tuple[bytes, tuple[int, int]]:
    data = file.read(MOST_BYTES + 1)
    if not data:
        raise BadImage("The file is empty: choose a JPEG, PNG or WebP picture.")
    if len(data) > MOST_BYTES:
        raise BadImage(f"The file is larger than {MOST_BYTES // 1_000_000} MB: send a smaller one.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _reencoded(data)
    except BadImage:
        raise
    except UnidentifiedImageError:
        raise BadImage("The file is not a JPEG, PNG or WebP picture.") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, OverflowError):
        # What Pillow's decoders raise for data that is cut short or made up.
        raise BadImage("The picture is damaged: save it anew and send it again.") from None


def _reencoded(data: bytes) -> tuple[bytes, tuple[int, int]]:
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise _too_many_pixels()
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
        flat = _without_transparency(upright)
    result = io.BytesIO()
    flat.save(result, "JPEG", quality=86, optimize=True)
    return result.getvalue(), flat.size


def _without_transparency(image: Image.Image) -> Image.Image:
    """On white, for a JPEG has no transparency."""
    if not image.has_transparency_data:
        return Image.merge("RGB", image.convert("RGB").split())
    layer = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")


def _too_many_pixels() -> BadImage:
    return BadImage(
        f"The picture has more than {MOST_PIXELS // 1_000_000} megapixels: send a smaller one."
    )
