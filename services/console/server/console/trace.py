"""One request as a reader would send it, and what each cache said of it (Cache-Status, RFC 9211)."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from urllib.parse import unquote

import http_sf
import httpx2

from tracing import cache_status

from .security import Refused

Json = dict[str, Any]

LONGEST_PATH = 1024
MOST_BYTES = 8_000_000  # of an answer; a clip may be longer
MOST_HEADERS = 64
PATIENCE = 15.0  # seconds in all
ACCEPTED = "path: accepted is a path of this site, such as /posts/a-post/"


def checked(path: object) -> str:
    """The path and query to ask for. Raises Refused for whatever else: another address, characters that a
    request line can't hold, a way out of the path."""
    if not isinstance(path, str) or not path.startswith("/"):
        raise Refused(ACCEPTED)
    if len(path) > LONGEST_PATH:
        raise Refused(f"path: accepted are {LONGEST_PATH} characters")
    if not path.isascii() or not path.isprintable() or any(c in path for c in ' "#<>\\^`{|}'):
        raise Refused(f"{ACCEPTED}; other characters are written as %xx")
    plain = unquote(path.partition("?")[0])
    if "//" in plain or "\\" in plain or any(part in (".", "..") for part in plain.split("/")):
        raise Refused(ACCEPTED)
    if not plain.isprintable():
        raise Refused(f"{ACCEPTED}; a control character is in no address")
    return path


async def trace(client: httpx2.AsyncClient, varnish: str, host: str, path: str) -> Json:
    """The answer to one anonymous GET, whose body is counted and thrown away. Raises Refused where there is
    none, or it is too long."""
    url = httpx2.URL(varnish).copy_with(raw_path=path.encode("ascii"))
    # The Host that readers use is a part of every page's key.
    headers = {"Host": host, "Accept": "text/html,*/*", "User-Agent": "cachelab-console"}
    began = time.perf_counter()
    try:
        async with asyncio.timeout(PATIENCE):
            async with client.stream("GET", url, headers=headers, follow_redirects=False) as answer:
                size = 0
                async for chunk in answer.aiter_raw():
                    size += len(chunk)
                    if size > MOST_BYTES:
                        raise Refused(f"the answer is longer than {MOST_BYTES} bytes")
    except TimeoutError:
        raise Refused(f"Varnish gave no whole answer within {PATIENCE:.0f} s", 504) from None
    except httpx2.HTTPError as error:
        raise Refused(f"Varnish gives no answer ({type(error).__name__})", 502) from None
    return explained(answer, size, time.perf_counter() - began)


def explained(answer: httpx2.Response, size: int, seconds: float) -> Json:
    status = ", ".join(answer.headers.get_list("cache-status"))
    headers = [[n.decode("latin-1"), v.decode("latin-1")] for n, v in answer.headers.raw]
    age = answer.headers.get("age", "")
    return {
        "status": answer.status_code,
        "ms": round(1000 * seconds, 2),
        "bytes": size,
        "age": int(age) if age.isascii() and age.isdecimal() else None,
        "request_id": answer.headers.get("x-request-id"),
        "hops": hops(status),
        "headers": headers[:MOST_HEADERS],
    }


def hops(status: str) -> list[Json]:
    """What each cache said, that nearest to the reader first. `past`: it was said when the kept answer was
    made, and not for this request."""
    found: list[Json] = []
    past = False
    for member, text in zip(*_members(status), strict=True):
        found.append(
            {
                "cache": member.cache,
                "outcome": "hit"
                if member.hit
                else f"fwd={member.forwarded}"
                if member.forwarded
                else "",
                "ttl": member.ttl,
                "key": None,  # no cache of the stack tells it: it may be the visitor's own words
                "detail": member.detail,
                "text": text,
                "stored": member.stored,
                "collapsed": member.collapsed,
                "past": past,
            }
        )
        past = past or (member.cache == cache_status.EDGE and (member.hit or member.collapsed))
    return found


def _members(status: str) -> tuple[list[cache_status.Member], list[str]]:
    members = cache_status.parse(status)[::-1]
    if not members:
        return [], []
    entries: Any = http_sf.parse(status.encode("latin-1"), tltype="list")
    return members, [http_sf.ser([entry]) for entry in entries][::-1]
