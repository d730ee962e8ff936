"""What is put to the test: a cache, and the way in which a site reads and writes through it.

A subject of somebody else's is named by its dotted path, `module:Class`. It is made without
arguments, in each process anew, after the process has started.
"""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.memcached import PyMemcacheCache
from django.core.cache.backends.redis import RedisCache
from django.db import transaction

from caching import Use, enabled
from caching.conf import conf

from .models import current_version, raise_version
from .policies import shown_version, write_version
from .remote import AgingEdge, Edge, Origin, SlowEdge, UnpurgedEdge

# The naive subject's lifetime in seconds: what Django's documentation calls long.
HOUR = 3_600


class Unusable(Exception):
    """The subject can't be put to the test as things are; the text says what to do."""


class Subject(Protocol):
    """`name` is what reports call it. Both methods may raise; the checker counts that as an error."""

    name: str

    def read(self, key: int) -> int:
        """The version that a reader of this row is shown."""

    def write(self, key: int, pause: float) -> int:
        """In one transaction: the next version, `pause` seconds of other work, the commit; and
        whatever invalidation this subject does. Returns the version once that is acknowledged.

        What is to follow the commit must be left to `transaction.on_commit`, for the checker may
        put a transaction around the call.
        """


class Policies:
    """The lab's own library."""

    name = "policies"

    def __init__(self) -> None:
        shared_store()
        if not enabled(Use.AGGREGATES):
            raise Unusable("LAB_AGGREGATES=off: the checker's policy is an aggregate, switch it on")

    def read(self, key: int) -> int:
        return shown_version(key)

    def write(self, key: int, pause: float) -> int:
        return write_version(key, pause)


class Naive:
    """Django's cache framework the way most sites use it: get, else compute and set; a write
    deletes the key after its commit. It is here to be caught."""

    name = "naive"

    def __init__(self) -> None:
        self._cache = django_cache()

    def read(self, key: int) -> int:
        kept = self._cache.get(key)
        if kept is None:
            kept = current_version(key)
            self._cache.set(key, kept, HOUR)
        return cast(int, kept)

    def write(self, key: int, pause: float) -> int:
        with transaction.atomic():
            version = raise_version(key, pause)
            transaction.on_commit(lambda: self._cache.delete(key))
        return version


class Uncached:
    """The control: every read asks the database."""

    name = "uncached"

    def read(self, key: int) -> int:
        return current_version(key)

    def write(self, key: int, pause: float) -> int:
        with transaction.atomic():
            return raise_version(key, pause)


def shared_store() -> str:
    """The store's name. Raises Unusable where no other process could see what is in it."""
    if conf().store not in ("redis", "memcached"):
        raise Unusable(f"LAB_UPSTREAM={conf().store}: the checker accepts redis or memcached")
    return conf().store


def django_cache() -> BaseCache:
    """Django's own backend on the server that the lab's policies use."""
    if shared_store() == "redis":
        return RedisCache(f"redis://{conf().host}:6379", {"KEY_PREFIX": "naive"})
    return PyMemcacheCache(f"{conf().host}:11211", {"KEY_PREFIX": "naive"})


SUBJECTS: dict[str, type[Subject]] = {
    "policies": Policies,
    "naive": Naive,
    "uncached": Uncached,
    "origin": Origin,
    "edge": Edge,
    "slow-edge": SlowEdge,
    "aging-edge": AgingEdge,
    "unpurged-edge": UnpurgedEdge,
}


def find(name: str) -> type[Subject]:
    """The subject of this name or dotted path. Raises Unusable."""
    if name in SUBJECTS:
        return SUBJECTS[name]
    module, colon, attribute = name.partition(":")
    if not colon:
        accepted = ", ".join(SUBJECTS)
        raise Unusable(f"subject {name}: accepted values are {accepted}, or MODULE:CLASS")
    try:
        return cast("type[Subject]", getattr(import_module(module), attribute))
    except (ImportError, AttributeError) as error:
        raise Unusable(f"subject {name}: {error}") from error
