"""Keys that every store accepts: printable, without spaces, far below Memcached's 250 bytes."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Any

import msgspec

from .conf import conf

TAG = re.compile(r"[!-+\--~]{1,200}")  # printable ASCII without space and comma

_encode = msgspec.msgpack.Encoder().encode


def entry(name: str, version: int, arguments: tuple[Any, ...]) -> str:
    """The key of one value: its policy's name in clear, its arguments as a digest.

    Which uses are on is part of it: a fragment made while thumbnails came from elsewhere
    must not outlive the switch.
    """
    source = _encode((arguments, conf().uses and sorted(conf().uses or ())))
    return f"e:{name}:{version}:{blake2b(source, digest_size=16).hexdigest()}"


def freshness(entry_key: str) -> str:
    """The key that lives as long as an entry that dies by age is fresh."""
    return f"f:{entry_key}"


def refresh(entry_key: str) -> str:
    """The key that whoever recomputes an aged entry holds."""
    return f"r:{entry_key}"


def stamp(tag: str) -> str:
    """The key of a tag's stamp."""
    if not TAG.fullmatch(tag):
        raise ValueError(
            f"{tag!r} is no tag: 1 to 200 printable ASCII characters without space or comma"
        )
    return f"t:{tag}"
