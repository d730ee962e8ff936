"""How a value becomes bytes and back. Never by pickle: what can write to the cache must not be
able to run code here.

An entry is

    signature (16 bytes) | number of stamps (1) | stamps (12 each) | form (1) | value

The stamps are in the order of the policy's tags. The value is MessagePack, or bare UTF-8 where it
is text, compressed where that makes it smaller.
The signature is BLAKE2b keyed with the site's secret over the entry's key and all that follows it:
garbage, a value that somebody else wrote and a value that stands under another key are misses.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from functools import lru_cache
from hashlib import blake2b
from hmac import compare_digest
from typing import Any, get_args

import lz4.block
import msgspec
from django.conf import settings
from django.db.models import Model, QuerySet
from django.utils.safestring import SafeString

from .conf import derives_from_settings
from .errors import NotCacheable

SIGNATURE = 16
STAMP = 12
# The form: what the value is, and whether it is compressed.
PACKED, TEXT, SAFE = 0, 1, 2
COMPRESSED = 4
# Shorter values gain nothing; LZ4 costs 2 us for 9 kB to unpack, less than it saves in signing
# what it made smaller (docs/upstream.md has the figures).
WORTH_COMPRESSING = 512


class Flaw(Enum):
    """Why bytes that the store returned are no entry for whoever asked."""

    STATE = "invalidated"
    SIGNATURE = "signature"
    SHAPE = "shape"


@lru_cache(maxsize=1)
def _signer() -> Any:
    key = blake2b(settings.SECRET_KEY.encode(), person=b"caching.entries", digest_size=32)
    return blake2b(key=key.digest(), digest_size=SIGNATURE)


derives_from_settings(_signer.cache_clear)


def _signature(key: str, body: bytes | memoryview) -> bytes:
    signer = _signer().copy()
    signer.update(key.encode())
    signer.update(body)
    return signer.digest()  # type: ignore[no-any-return]


def _refuse(value: Any) -> Any:
    if isinstance(value, Model | QuerySet):
        raise NotCacheable(
            f"a {type(value).__name__} must not be cached: saving a kept copy would overwrite what "
            "others wrote since. Keep the few values that the page shows (a dict, or the HTML)."
        )
    raise NotCacheable(
        f"a {type(value).__name__} can't be kept: return text, numbers, lists, dicts or bytes"
    )


_pack = msgspec.msgpack.Encoder(enc_hook=_refuse).encode


@lru_cache(maxsize=256)
def unpacker(shape: Any) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(shape)


def claim(key: str) -> bytes:
    """What stands under the key of a claim; anything else there is not one that a caller made."""
    return _signature(key, b"held")


def state(stamps: Sequence[bytes]) -> bytes:
    """The state of the data that an entry was made in, as it stands in the entry."""
    return b"".join((bytes((len(stamps),)), *stamps))


def encode(key: str, made_in: bytes, value: Any) -> bytes | None:
    """Bytes of an entry under `key`, made in a state. None for what has no bytes (half a surrogate
    pair, a number beyond 64 bits, what holds itself). Raises NotCacheable for what must not be
    kept."""
    try:
        form, content = _content(value)
    except (UnicodeEncodeError, OverflowError, RecursionError):
        return None
    if len(content) >= WORTH_COMPRESSING:
        smaller = lz4.block.compress(content)
        if len(smaller) < len(content):
            form, content = form | COMPRESSED, smaller
    body = b"".join((made_in, bytes((form,)), content))
    return _signature(key, body) + body


def _content(value: Any) -> tuple[int, bytes]:
    if isinstance(value, SafeString):
        return SAFE, value.encode()
    if type(value) is str:
        return TEXT, value.encode()
    return PACKED, _pack(value)


def decode(key: str, now: bytes, data: bytes, shape: Any) -> Any:
    """The value, or the Flaw that makes it a miss.

    now: the state that is in force. shape: the type that the policy's value has; what another
    version of the code kept in another shape is a miss.
    """
    end = SIGNATURE + len(now)
    if data[SIGNATURE:end] != now:
        return Flaw.STATE
    if not compare_digest(data[:SIGNATURE], _signature(key, memoryview(data)[SIGNATURE:])):
        return Flaw.SIGNATURE
    form = data[end]
    content = data[end + 1 :]
    try:
        if form & COMPRESSED:
            content = lz4.block.decompress(content)
        if form & SAFE:
            return SafeString(content.decode()) if _is_text(shape) else Flaw.SHAPE
        if form & TEXT:
            return content.decode() if _is_text(shape) else Flaw.SHAPE
        return unpacker(shape).decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, lz4.block.LZ4BlockError):
        return Flaw.SHAPE


def fits(value: Any, shape: Any) -> bool:
    """Whether a value that was kept would be believed."""
    if isinstance(value, str):
        return _is_text(shape)
    try:
        unpacker(shape).decode(_pack(value))
    except (msgspec.MsgspecError, RecursionError):
        return False
    return True


def _is_text(shape: Any) -> bool:
    return shape is Any or shape is str or str in get_args(shape)
