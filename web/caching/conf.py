"""What the app is told, by `settings.CACHING`; fields that are not given have these defaults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.signals import setting_changed

if TYPE_CHECKING:
    from .policies import Dies, Policy, Use


@dataclass(frozen=True, slots=True)
class Conf:
    """Seconds throughout. `uses`: names of the uses that are on; None is all."""

    store: str = "local"  # redis | memcached | local | off
    host: str = "localhost"
    uses: frozenset[str] | None = None
    freshness: str = "invalidate"  # invalidate | ttl
    ttl: int = 60
    # Invalidated entries are kept this long; the store evicts sooner if it needs the room.
    keep: int = 86_400
    # An entry that died by age may still be shown this long while one caller makes it anew.
    stale: int = 3_600
    # No answer from the store within this time is a miss.
    deadline: float = 0.25
    # Whoever computes a value holds it this long at most: should it die, another may then.
    hold: int = 4
    # Whoever finds a value held waits for it this long at most, then computes it without keeping
    # it. Longer than `hold`, so that one of those who wait can take over from a holder that died.
    wait: float = 6.0
    # A process believes the store this long after it saw that no invalidation was owed; a write
    # that can't reach the store is acknowledged after this long (caching/watch.py).
    lease: float = 1.5
    # The largest entry in bytes that is kept: Memcached's item limit, with its key and header.
    largest: int = 1_000_000
    purge_urls: tuple[str, ...] = ()
    purge_token: str = ""
    # Kept downstream at most this long; when that is over, shown this much longer while a new copy is
    # fetched, and this much longer while none can be had.
    page_ttl: int = 86_400
    page_stale: int = 10
    page_if_error: int = 86_400


@lru_cache(maxsize=1)
def conf() -> Conf:
    return Conf(**getattr(settings, "CACHING", {}))


def enabled(use: Use) -> bool:
    """Whether the switch of this use is on."""
    uses = conf().uses
    return uses is None or use.value in uses


def lifetime(policy: Policy[..., Any]) -> tuple[Dies, int]:
    """How this policy's entries die here, and after how many seconds at the latest."""
    from .policies import Dies

    dies = policy.dies
    if dies is Dies.DEFAULT:
        dies = Dies.INVALIDATION if conf().freshness == "invalidate" else Dies.TTL
    if dies is Dies.TTL:
        return dies, policy.ttl or conf().ttl
    # Another process' memory can't be told of a write, so there age ends what no write can reach.
    if dies is Dies.INVALIDATION and conf().store == "local":
        return dies, conf().ttl
    return dies, conf().keep


_derived: list[Callable[[], None]] = [conf.cache_clear]


def derives_from_settings(forget: Callable[[], None]) -> None:
    """Registers how to forget what was derived from the settings, for when a test changes them."""
    _derived.append(forget)


def _forget(*, setting: str, **_: object) -> None:
    if setting in ("CACHING", "SECRET_KEY"):
        for forget in _derived:
            forget()


setting_changed.connect(_forget)
