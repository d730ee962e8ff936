"""A version as a page, so that the checker can go the way that readers go."""

from __future__ import annotations

import time
from secrets import compare_digest

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from caching import page

from .models import Versioned
from .policies import shown_version, write_version
from .remote import LIFETIME, PAUSE, TOKEN

# Seconds: longer would hold a thread of the server for too long.
LONGEST_PAUSE = 1.0
# Seconds that the page may be kept downstream, at the least and at the most.
LIFETIMES = (1, 3_600)


@csrf_exempt  # no cookie is looked at: who asks for more than the page shows the token
@require_http_methods(["GET", "HEAD", "POST"])
def version(request: HttpRequest, key: int) -> HttpResponse:
    """GET: the version shown, a public page. POST: writes the next one and answers with it."""
    try:
        shown = _write(request, key) if request.method == "POST" else _read(request, key)
    except Versioned.DoesNotExist:
        raise Http404 from None
    except ValueError as error:
        return HttpResponseBadRequest(f"{error}\n", content_type="text/plain")
    return HttpResponse(f"{shown}\n", content_type="text/plain")


def _read(request: HttpRequest, key: int) -> int:
    """A page that is made slowly if that was asked for: with what was true when it was begun."""
    if PAUSE not in request.headers and LIFETIME not in request.headers:
        return shown_version(key)
    _must_show_token(request)
    pause = _pause(request)
    lifetime = _lifetime(request)
    shown = shown_version(key)
    made = page.current()
    if made and lifetime:
        made.shorten(lifetime)
    time.sleep(pause)
    return shown


def _write(request: HttpRequest, key: int) -> int:
    _must_show_token(request)
    return write_version(key, _pause(request))


def _must_show_token(request: HttpRequest) -> None:
    token = settings.LAB.purge_token
    if not token or not compare_digest(request.headers.get(TOKEN, "").encode(), token.encode()):
        raise PermissionDenied


def _pause(request: HttpRequest) -> float:
    text = request.headers.get(PAUSE, "0")
    try:
        pause = float(text)
    except ValueError:
        pause = -1.0
    if not 0 <= pause <= LONGEST_PAUSE:
        raise ValueError(f"{PAUSE}: {text}: accepted are seconds from 0 to {LONGEST_PAUSE:g}")
    return pause


def _lifetime(request: HttpRequest) -> int:
    """Seconds; 0 where none was asked for."""
    text = request.headers.get(LIFETIME)
    least, most = LIFETIMES
    if text is None:
        return 0
    if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
        raise ValueError(f"{LIFETIME}: {text}: accepted are whole seconds from {least} to {most}")
    return int(text)
