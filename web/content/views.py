"""Generated at each request, kept by nobody: what the bucket saves is what these cost."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from magazine.models import Clip, Photo

from .media import photos, videos

TYPES: dict[videos.Kind, str] = {"webm": "video/webm", "webp": "image/webp"}


@require_safe
def thumbnail(request: HttpRequest, sha256: str, width: str) -> HttpResponse:
    """Only the widths that the pages use, so that nobody can order any number of them."""
    if int(width) not in photos.WIDTHS:
        raise Http404("no such width")
    photo = get_object_or_404(Photo, sha256=sha256)
    return _unkept(photos.thumbnail(photo, int(width)), "image/webp")


@require_safe
def clip(request: HttpRequest, sha256: str, span: str, kind: videos.Kind) -> HttpResponse:
    """Only the clips that there are: cutting one costs a second."""
    start, duration = map(float, span.split("-"))
    found = Clip.objects.filter(source_sha256=sha256, start=start, duration=duration).first()
    if found is None:
        raise Http404("no such clip")
    return _unkept(videos.generate(found, kind), TYPES[kind])


def _unkept(data: bytes, content_type: str) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    response["Cache-Control"] = "private, no-store"
    return response
