"""One line of JSON for whatever a replica has to say, and one for each request that it answered; each
under the name that Varnish gave the request, so that one name finds its way through every layer.

What asks a replica past Varnish (health checks, Prometheus) has no name, and no line. A name that is not
of Varnish's form is none: what is in a log was written by us.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from .outcomes import counted

# Seconds since 1970 and the number of Varnish's transaction (varnish/features/request.vcl).
NAME = re.compile(r"[0-9]{9,11}-[0-9]{1,19}")

_name: ContextVar[str] = ContextVar("request_id", default="")
_log = logging.getLogger("lab.request")


class RequestLog:
    """Outermost of the middleware (config/settings.py): its time is the whole of Django's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = name_of(request)
        if not name:
            return self._get_response(request)
        known = _name.set(name)
        started, began = time.time(), time.perf_counter()
        try:
            response = self._get_response(request)
            seconds = time.perf_counter() - began
            _log.info("", extra={"facts": _facts(request, response, started, seconds)})
        finally:
            _name.reset(known)
        return response


def name_of(request: HttpRequest) -> str:
    """ "" for none, and for what is not of the form."""
    name = request.META.get("HTTP_X_REQUEST_ID", "")
    return name if NAME.fullmatch(name) else ""


def _facts(
    request: HttpRequest, response: HttpResponse, started: float, seconds: float
) -> dict[str, Any]:
    match = request.resolver_match
    return {
        "time": _said(started),
        "method": request.method,
        "uri": request.get_full_path(),
        "status": response.status_code,
        "seconds": round(seconds, 6),
        "view": match.view_name if match else "",
        "upstream": counted(response.get("Cache-Status", "")),
    }


class JsonLines(logging.Formatter):
    """A record as one line. What a record brings as `facts` stands in it as it is."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": _said(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "request_id": _name.get() or self._named(record),
        }
        facts = getattr(record, "facts", None)
        line.update(facts if facts is not None else {"message": record.getMessage()})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)

    def _named(self, record: logging.LogRecord) -> str:
        """Django tells of a refusal when all middleware is through, and what was refused with it."""
        request = getattr(record, "request", None)
        return name_of(request) if isinstance(request, HttpRequest) else ""


def _said(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
