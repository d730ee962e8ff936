"""One JSON object a line: nginx with `escape=json`, Caddy, Traefik, CloudFront's version 2, one's own.

Each fact is looked for under the names that servers give it; `--field status=code` says another. A dot
goes into an object: `request.uri`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from replay.formats import clock
from replay.request import (
    MOST_BYTES,
    Broken,
    Parsed,
    Request,
    bare,
    method_like,
    request_line,
    status_of,
    target,
)

NAMES: dict[str, tuple[str, ...]] = {
    "time": (
        "time_iso8601", "msec", "time_local", "@timestamp", "timestamp", "timestamp(ms)", "time", "ts",
        "StartUTC", "datetime",
    ),
    "method": ("request_method", "method", "cs-method", "request.method", "RequestMethod", "verb"),
    "uri": ("request_uri", "uri", "cs-uri-stem", "request.uri", "RequestPath", "url", "path"),
    "query": ("cs-uri-query", "query_string", "args"),
    "request": ("request", "request_line"),
    "status": ("status", "sc-status", "DownstreamStatus", "status_code", "code"),
    "bytes": (
        "body_bytes_sent", "bytes_sent", "sc-bytes", "size", "DownstreamContentSize", "bytes",
        "response_size",
    ),
    "host": (
        "http_host", "host", "x-host-header", "request.host", "RequestHost", "server_name", "cs(Host)",
    ),
    "cookie": ("http_cookie", "cookie", "cs(Cookie)", "cookies"),
}  # fmt: skip
"""Facts, and the names they are looked for under, in this order."""

MISSING = object()
NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError)


class JsonLines:
    """A parser. names: by fact, the field that the user says it is in."""

    def __init__(self, names: Mapping[str, str] | None = None) -> None:
        said = {fact: (name,) for fact, name in (names or {}).items()}
        self.paths = {
            fact: [(name, tuple(name.split("."))) for name in aliases]
            for fact, aliases in {**NAMES, **said}.items()
        }
        self.decode = msgspec.json.Decoder(dict[str, Any]).decode

    def __call__(self, line: bytes) -> Parsed:
        if not line.strip():
            return None
        try:
            record = self.decode(line)
        except NOT_JSON:
            return Broken.JSON
        at = self.time(record)
        if at is None:
            return Broken.FIELD if self.value(record, "time") is MISSING else Broken.TIME
        asked = self.asked(record)
        if asked is None:
            return Broken.TARGET
        status, size = _status(self.value(record, "status")), _size(self.value(record, "bytes"))
        if status is None or size is None:
            return Broken.FIELD if self.value(record, "status") is MISSING else Broken.NUMBER
        method, host, path, query = asked
        return Request(
            at, method, host, path, query, status, size, _text(self.value(record, "cookie"))
        )

    def value(self, record: Mapping[str, Any], fact: str) -> Any:
        """What the record holds under the first of the fact's names that it has, or MISSING."""
        for name, path in self.paths[fact]:
            if name in record:
                return record[name]
            if len(path) > 1 and (found := _inside(record, path)) is not MISSING:
                return found
        return MISSING

    def time(self, record: Mapping[str, Any]) -> float | None:
        told = self.value(record, "time")
        if isinstance(told, str) and isinstance(day := record.get("date"), str) and len(told) <= 12:
            told = f"{day}T{told}"  # CloudFront's two fields
        if isinstance(told, bool):
            return None
        if isinstance(told, int | float):
            return clock.number(told) if abs(told) < 1e20 else None
        if not isinstance(told, str) or len(told) > clock.WIDEST:
            return None
        try:
            return (
                clock.number(float(told))
                if told[:1].isdigit() and told[-1:].isdigit()
                else _calendar(told)
            )
        except (ValueError, OverflowError):
            return _calendar(told)

    def asked(self, record: Mapping[str, Any]) -> tuple[bytes, bytes, bytes, bytes] | None:
        """Method, host, path and query."""
        method, uri = _text(self.value(record, "method")), _text(self.value(record, "uri"))
        if not method or not uri:
            line = request_line(_text(self.value(record, "request")))
            if line is None:
                return None
            method, uri = method or line[0], uri or line[1]
        there = target(uri, _text(self.value(record, "host")))
        if there is None or not method_like(method):
            return None
        host, path, query = there
        return method, bare(host), path, query or _text(self.value(record, "query"))


def _calendar(told: str) -> float | None:
    return clock.common(told.encode("ascii", "replace")) if "/" in told else clock.iso(told)


def _inside(record: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        if not isinstance(record, dict) or name not in record:
            return MISSING
        record = record[name]
    return record


def _text(value: Any) -> bytes:
    """A string's bytes; empty for `-` and for what is no string."""
    if not isinstance(value, str) or value == "-":
        return b""
    return value.encode("utf-8", "replace")


def _status(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    if isinstance(value, int):
        return status_of(b"%03d" % value) if 0 <= value <= 599 else None
    return status_of(value.encode("utf-8", "replace"))


def _size(value: Any) -> int | None:
    """Bytes. A log need not have them; a size that is none is an error."""
    if value is MISSING or value is None or value in ("", "-"):
        return 0
    if isinstance(value, str):
        if len(value) > 16 or not (value.isascii() and value.isdecimal()):
            return None
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_BYTES:
        return None
    return value
