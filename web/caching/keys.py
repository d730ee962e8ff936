"""Keys that every store accepts: printable, without spaces, far below Memcached's 250 bytes."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import msgspec

from .conf import conf, derives_from_settings
from .errors import NotCacheable

# Every page carries it, and everything that dies by invalidation: one write can end all.
EVERYTHING = "everything"

TAG = re.compile(r"[!-+\--~]{1,200}")  # printable ASCII without space and comma


def _refuse(part: Any) -> Any:
    raise NotCacheable(
        f"a {type(part).__name__} can't be part of a key: give a policy plain values (a slug, a "
        "number, a primary key) and let it read the rest itself"
    )


_encode = msgspec.msgpack.Encoder(enc_hook=_refuse).encode


@lru_cache(maxsize=1)
def _switches() -> bytes:
    """Which uses are on: a fragment made while thumbnails came from elsewhere must not outlive
    the switch."""
    uses = conf().uses
    return b"all" if uses is None else " ".join(sorted(uses)).encode()


derives_from_settings(_switches.cache_clear)


def entry(name: str, version: int, arguments: tuple[Any, ...]) -> str:
    """The key of one value: its policy's name in clear, its arguments as a digest."""
    digest = blake2b(_switches(), digest_size=16)
    digest.update(_plain(arguments))
    return f"e:{name}:{version}:{digest.hexdigest()}"


def _plain(arguments: tuple[Any, ...]) -> bytes:
    try:
        return _encode(arguments)
    except (UnicodeEncodeError, OverflowError):
        # Half a surrogate pair, a number beyond 64 bits: somebody may send them.
        return repr(arguments).encode("ascii", "backslashreplace")


def freshness(entry_key: str) -> str:
    """The key that lives as long as an entry that dies by age is fresh."""
    return f"f:{entry_key}"


def hold(entry_key: str) -> str:
    """The key of the claim that whoever computes the entry has on it."""
    return f"h:{entry_key}"


def stamp(tag: str) -> str:
    """The key of a tag's stamp."""
    if not TAG.fullmatch(tag):
        raise ValueError(
            f"{tag!r} is no tag: 1 to 200 printable ASCII characters without space or comma"
        )
    return f"t:{tag}"
