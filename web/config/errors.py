"""What visitors are told when a page could not be made."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.views.defaults import server_error

RETRY_AFTER = "5"  # seconds; the edge says the same of a site that does not answer


def not_made(request: HttpRequest) -> HttpResponse:
    """503 where the database is away or gave the work up: nothing was saved, and trying again may help. 500
    for everything else."""
    if not isinstance(sys.exception(), (OperationalError, InterfaceError)):
        return server_error(request)
    body = get_template("503.html").render()
    return HttpResponse(
        body, status=503, headers={"Retry-After": RETRY_AFTER, "Cache-Control": "no-store"}
    )
