"""A version as a page, so that the checker can go the way that readers go."""

from __future__ import annotations

from secrets import compare_digest

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from .models import Versioned
from .policies import shown_version, write_version
from .remote import TOKEN

# Seconds: longer would hold a thread of the server for too long.
LONGEST_PAUSE = 1.0


@csrf_exempt  # no cookie is looked at: who writes shows the token
@require_http_methods(["GET", "HEAD", "POST"])
def version(request: HttpRequest, key: int) -> HttpResponse:
    """GET: the version shown, a public page. POST: writes the next one and answers with it."""
    try:
        shown = _write(request, key) if request.method == "POST" else shown_version(key)
    except Versioned.DoesNotExist:
        raise Http404 from None
    except ValueError as error:
        return HttpResponseBadRequest(f"{error}\n", content_type="text/plain")
    return HttpResponse(f"{shown}\n", content_type="text/plain")


def _write(request: HttpRequest, key: int) -> int:
    token = settings.LAB.purge_token
    if not token or not compare_digest(request.headers.get(TOKEN, "").encode(), token.encode()):
        raise PermissionDenied
    return write_version(key, _pause(request.headers.get("X-Lab-Pause", "0")))


def _pause(text: str) -> float:
    try:
        pause = float(text)
    except ValueError:
        pause = -1.0
    if not 0 <= pause <= LONGEST_PAUSE:
        raise ValueError(f"X-Lab-Pause: {text}: accepted are seconds from 0 to {LONGEST_PAUSE:g}")
    return pause
