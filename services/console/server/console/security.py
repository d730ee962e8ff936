"""Who may ask, and what a browser may do with the answers.

The port is on loopback, but any page that a browser shows can send requests there, and a name that is bound
to 127.0.0.1 afterwards (DNS rebinding) makes them same-origin. So the Host must be a loopback name, and what
does something must come from this page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    # Files change with the image: ask each time, and be told 304.
    "Cache-Control": "no-cache",
}
MOST_BODY = 4096  # bytes
READ = ("GET", "HEAD")


class Refused(Exception):
    """A request that is not accepted; the text is one line that says what is."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


def refused(problem: Refused) -> JSONResponse:
    return JSONResponse({"error": str(problem)}, problem.status)


class Guard:
    """Outermost: refuses a Host that is no loopback name, and puts HEADERS on every answer that has none of
    its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        hosts = Headers(scope=scope).getlist("host")
        if len(hosts) != 1 or not LOOPBACK.fullmatch(hosts[0]):
            answer = PlainTextResponse(
                "The Host is not this page's: accepted are localhost and 127.0.0.1.\n", 421
            )
            await answer(scope, receive, guarded)
        else:
            await self._app(scope, receive, guarded)


async def asked(request: Request) -> dict[str, Any]:
    """The JSON object of a POST that this page sent. Raises Refused for everybody else's."""
    host = request.headers.get("host", "")
    origin = request.headers.get("origin")
    if origin is not None and origin.lower() != f"http://{host}".lower():
        raise Refused("another page's request: accepted is this page's own Origin", 403)
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Refused("another page's request: accepted is this page's own", 403)
    # Of the types that a form can send this is none, so another page's browser has to ask first.
    if (
        request.headers.get("content-type", "").partition(";")[0].strip().lower()
        != "application/json"
    ):
        raise Refused("Content-Type: accepted is application/json", 415)
    return _object(await _body(request))


async def _body(request: Request) -> bytes:
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BODY:
                raise Refused(f"the body is too long: accepted are {MOST_BODY} bytes", 413)
    except ClientDisconnect:
        raise Refused("the body broke off") from None
    return body


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Refused("the body is no JSON object")
    return found
