"""How a value becomes bytes and back. Never by pickle: what can write to the cache must not be
able to run code here.

An entry is MessagePack of [stamps, form, value]: the stamps it was made under, in the order of
its tags; the form of the value (plain, or HTML that is known to be safe); the value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from django.db.models import Model, QuerySet
from django.utils.safestring import SafeString

from .errors import NotCacheable

PLAIN, SAFE = 0, 1


class _Entry(msgspec.Struct, array_like=True, frozen=True):
    stamps: list[bytes]
    form: int
    value: Any


@dataclass(frozen=True, slots=True)
class Entry:
    """A value as it came from the store. stamps: in the order of the policy's tags."""

    stamps: list[bytes]
    value: Any


def _refuse(value: Any) -> Any:
    if isinstance(value, Model | QuerySet):
        raise NotCacheable(
            f"a {type(value).__name__} must not be cached: saving a kept copy would overwrite what "
            "others wrote since. Keep the few values that the page shows (a dict, or the HTML)."
        )
    raise NotCacheable(
        f"a {type(value).__name__} can't be kept: return text, numbers, lists, dicts or bytes"
    )


_encoder = msgspec.msgpack.Encoder(enc_hook=_refuse)
_decoder = msgspec.msgpack.Decoder(_Entry)


def encode(stamps: list[bytes], value: Any) -> bytes:
    """Bytes of an entry. Raises NotCacheable for what must not be kept."""
    if isinstance(value, SafeString):
        return _encoder.encode(_Entry(stamps, SAFE, value.encode()))
    return _encoder.encode(_Entry(stamps, PLAIN, value))


def decode(data: bytes) -> Entry | None:
    """The entry, or None for what is not one: garbage is a miss."""
    try:
        entry = _decoder.decode(data)
        if entry.form == SAFE:
            return Entry(entry.stamps, SafeString(entry.value.decode()))
    except (msgspec.MsgspecError, UnicodeDecodeError, AttributeError):
        return None
    return Entry(entry.stamps, entry.value) if entry.form == PLAIN else None
