"""The one place in Django that reads the environment.

`read()` turns it into a frozen, typed `Lab`. A value that is not accepted raises `BadValue`, whose
text is one line: the variable, the value, and what is accepted. Nothing else in the project
looks at a `LAB_*` variable, and no view or template branches on one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, cast

Upstream = Literal["redis", "memcached", "local", "off"]
Freshness = Literal["invalidate", "ttl"]
LogFormat = Literal["line", "json"]

UPSTREAMS = ("redis", "memcached", "local", "off")
FRESHNESS = ("invalidate", "ttl")
LOG_FORMATS = ("line", "json")
SWITCH = ("on", "off")
SLOWDOWNS = ("off", "0.05", "0.10", "0.20")


class BadValue(Exception):
    """A variable holds a value that is not accepted; the text says which and what is."""


@dataclass(frozen=True, slots=True)
class Lab:
    """What the environment says. Lifetimes in seconds; an address that is None is not there."""

    upstream: Upstream
    properties: bool
    compiled: bool
    fragments: bool
    generated: bool
    aggregates: bool
    syndicated: bool
    freshness: Freshness
    ttl: int

    debug: bool
    log_format: LogFormat
    secret_key: str
    hosts: tuple[str, ...]
    origins: tuple[str, ...]
    public_url: str
    drain_file: str

    database_host: str | None
    database_name: str
    database_password: str
    database_pool: int
    redis_host: str
    memcached_host: str
    s3_endpoint: str | None
    s3_bucket: str
    s3_access_key: str
    s3_secret_key: str
    partner_url: str | None
    purge_urls: tuple[str, ...]
    purge_token: str
    corpus: str
    clinic_site: str
    clinic_host: str | None
    slowdown: float
    """The share of its CPU time that each view burns once more (trials/slowdown.py)."""


# The key of a laboratory on one machine's loopback address; `LAB_SECRET_KEY` replaces it.
LAB_ONLY_KEY = "lab-only-not-a-secret-5f0c2f1e9f3b4d5d9a7c1b2e"


def read(environ: Mapping[str, str]) -> Lab:
    """The environment as a `Lab`. Nothing set: SQLite, local memory, the file system."""

    def switch(name: str, default: str = "on") -> bool:
        return _one_of(environ, name, SWITCH, default) == "on"

    port = _whole(environ, "LAB_PORT", 1, 65535, 8080)
    return Lab(
        upstream=cast(Upstream, _one_of(environ, "LAB_UPSTREAM", UPSTREAMS, "local")),
        properties=switch("LAB_PROPERTIES"),
        compiled=switch("LAB_COMPILED"),
        fragments=switch("LAB_FRAGMENTS"),
        generated=switch("LAB_GENERATED"),
        aggregates=switch("LAB_AGGREGATES"),
        syndicated=switch("LAB_SYNDICATED"),
        freshness=cast(Freshness, _one_of(environ, "LAB_FRESHNESS", FRESHNESS, "invalidate")),
        ttl=_whole(environ, "LAB_TTL", 1, 86400, 60),
        debug=switch("LAB_DEBUG", "off"),
        log_format=cast(LogFormat, _one_of(environ, "LAB_LOG_FORMAT", LOG_FORMATS, "line")),
        secret_key=environ.get("LAB_SECRET_KEY") or LAB_ONLY_KEY,
        hosts=_words(environ, "LAB_HOSTS", "localhost 127.0.0.1 [::1] varnish nginx web"),
        origins=_words(environ, "LAB_ORIGINS", f"http://localhost:{port} http://127.0.0.1:{port}"),
        public_url=environ.get("LAB_PUBLIC_URL") or f"http://localhost:{port}",
        drain_file=environ.get("LAB_DRAIN_FILE") or "/tmp/draining",  # noqa: S108 (a tmpfs of its own)
        database_host=environ.get("LAB_DATABASE_HOST") or None,
        database_name=environ.get("LAB_DATABASE_NAME") or "lab",
        database_password=environ.get("LAB_DATABASE_PASSWORD", ""),
        # As many as a process has threads for requests, and one for the watch (caching/watch.py).
        database_pool=_whole(environ, "LAB_DATABASE_POOL", 1, 100, 5),
        redis_host=environ.get("LAB_REDIS_HOST") or "localhost",
        memcached_host=environ.get("LAB_MEMCACHED_HOST") or "localhost",
        s3_endpoint=environ.get("LAB_S3_ENDPOINT") or None,
        s3_bucket=environ.get("LAB_S3_BUCKET") or "lab",
        s3_access_key=environ.get("LAB_S3_ACCESS_KEY", ""),
        s3_secret_key=environ.get("LAB_S3_SECRET_KEY", ""),
        partner_url=environ.get("LAB_PARTNER_URL") or None,
        purge_urls=_words(environ, "LAB_PURGE_URLS", ""),
        purge_token=environ.get("LAB_PURGE_TOKEN", ""),
        corpus=environ.get("LAB_CORPUS") or "/corpus",
        clinic_site=environ.get("LAB_CLINIC_SITE") or "http://localhost:8000",
        clinic_host=environ.get("LAB_CLINIC_HOST") or None,
        slowdown=_slowdown(environ),
    )


def _one_of(environ: Mapping[str, str], name: str, accepted: tuple[str, ...], default: str) -> str:
    value = environ.get(name) or default
    if value not in accepted:
        raise BadValue(f"{name}={value}: accepted values are {', '.join(accepted)}")
    return value


def _slowdown(environ: Mapping[str, str]) -> float:
    value = _one_of(environ, "LAB_SLOWDOWN", SLOWDOWNS, "off")
    return 0.0 if value == "off" else float(value)


def _whole(environ: Mapping[str, str], name: str, least: int, most: int, default: int) -> int:
    text = environ.get(name) or str(default)
    # isdecimal alone would take other scripts' digits.
    if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
        raise BadValue(f"{name}={text}: accepted values are whole numbers from {least} to {most}")
    return int(text)


def _words(environ: Mapping[str, str], name: str, default: str) -> tuple[str, ...]:
    return tuple((environ.get(name) or default).split())


def read_or_exit(environ: Mapping[str, str], stop: Callable[[str], None]) -> Lab:
    """`read`, but a bad value calls `stop(line)`, which must not return."""
    try:
        return read(environ)
    except BadValue as bad:
        stop(str(bad))
        raise
