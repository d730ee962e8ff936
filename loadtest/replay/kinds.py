"""What a request is: a read or a write, of a page or of an asset, under which name."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

from replay.request import Request

READS = frozenset({b"GET", b"HEAD"})
WRITES = frozenset({b"POST", b"PUT", b"PATCH", b"DELETE"})
KEPT = frozenset({200, 203, 204, 206, 300, 301, 304, 308, 404, 410})
"""Statuses that a shared cache may keep without being told for how long (RFC 9110, section 15.1), and 304,
which is the answer to who has a copy already."""

METHODS = READS | WRITES | {b"OPTIONS", b"TRACE", b"CONNECT", b"PROPFIND", b"REPORT", b"PURGE"}
"""Others are counted together: anybody may send any word."""

ASSET_FOLDERS = (b"/static/", b"/media/", b"/assets/")
ASSET_ENDINGS = frozenset(
    b"avif bmp css csv doc docx eot gif gz ico jpeg jpg js json5 m3u8 m4a map mjs mov mp3 mp4 ogg otf pdf"
    b" png svg tif tiff ts ttf wasm wav webm webmanifest webp woff woff2 xls xlsx zip".split()
)


def is_asset(path: bytes) -> bool:
    """Whether a file answers, and not a view: by its folder, or the ending of its name."""
    if path.startswith(ASSET_FOLDERS):
        return True
    _, dot, ending = path.rpartition(b".")
    return bool(dot) and ending.lower() in ASSET_ENDINGS


Name = Callable[[Request], bytes]

KEYS: dict[str, Name] = {
    "path": lambda request: request.path,
    "url": lambda request: request.path + b"?" + request.query if request.query else request.path,
    "host+url": lambda request: (
        request.host + request.path + (b"?" + request.query if request.query else b"")
    ),
}
"""What makes two requests ask for the same thing."""


def hashed(name: bytes) -> int:
    """64 bits, the same on every machine and in every run, so that a result can be had again."""
    return int.from_bytes(blake2b(name, digest_size=8).digest(), "big")
