"""How soon a write is fresh at the edge, and what a purge costs there with much and with little kept."""

from __future__ import annotations

import json
import random
import secrets
import time
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import local

import urllib3
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from freshness.models import Versioned
from freshness.policies import tags, write_version

FETCHES_AT_ONCE = 8
LARGEST_KEY = 999_999_999  # of a page's address
# Rows of the database written at once.
BATCH = 5_000
# A name that the site answers to, whatever the edge in between is called.
HOST = "varnish"


class NotShown(Exception):
    """The edge did not do what can be timed; the text says what was asked and what came."""


@dataclass(frozen=True, slots=True)
class Purging:
    """Seconds. kept: pages fetched into the edge, in `filling`. purged: from a write's commit until
    its purge was answered. seen: from the commit until the edge had shown the new version to a
    reader who asked right after that. many, few: of purges of one page from an edge that keeps all
    pages, and one that keeps the first of them, in turns."""

    kept: int
    filling: float
    purged: list[float]
    seen: list[float]
    many: list[float]
    few: list[float]


class Edge:
    """A Varnish by its name on the network. Every thread has a connection of its own."""

    def __init__(self, name: str) -> None:
        self._base = f"http://{name}:8080"
        self._purges = f"http://{name}:8079/"
        self._local = local()

    @property
    def _pool(self) -> urllib3.PoolManager:
        if not hasattr(self._local, "pool"):
            self._local.pool = urllib3.PoolManager(retries=False, timeout=30, maxsize=1)
        pool: urllib3.PoolManager = self._local.pool
        return pool

    def read(self, key: int) -> int:
        """The version that a reader is shown."""
        path = reverse("freshness-version", args=[key])
        answer = self._pool.request("GET", self._base + path, headers={"Host": HOST})
        if answer.status != 200:
            raise NotShown(f"GET {self._base}{path}: status {answer.status}")
        return int(answer.data)

    def purge(self, key: int) -> int:
        """How many pages were removed."""
        headers = {"Surrogate-Key": " ".join(tags(key)), "X-Purge-Token": settings.LAB.purge_token}
        answer = self._pool.request("PURGE", self._purges, headers=headers)
        if answer.status != 200:
            raise NotShown(f"PURGE {self._purges}: status {answer.status}")
        return int(json.loads(answer.data)["purged"])

    def fill(self, keys: Iterable[int]) -> None:
        """Has it keep these pages."""
        with ThreadPoolExecutor(FETCHES_AT_ONCE) as pool:
            deque(pool.map(self.read, keys), maxlen=0)  # what was raised is raised here


def purging(many: Edge, few: Edge, objects: int, little: int, times: int) -> Purging:
    """Fills `many` with so many pages and `few` with `little` of them, then writes and purges so many
    times. Raises NotShown."""
    first = secrets.randbelow(LARGEST_KEY - objects)
    keys = range(first, first + objects)
    try:
        Versioned.objects.bulk_create((Versioned(key=key) for key in keys), batch_size=BATCH)
        began = time.monotonic()
        many.fill(keys)
        filling = time.monotonic() - began
        few.fill(keys[:little])
        written = [timed_write(many, key) for key in some(keys, times)]
        costs = [timed_purges((many, few), key) for key in some(keys[:little], times)]
    finally:
        Versioned.objects.filter(pk__in=keys).delete()
    return Purging(
        kept=objects,
        filling=filling,
        purged=[purged for purged, _ in written],
        seen=[seen for _, seen in written],
        many=[cost for cost, _ in costs],
        few=[cost for _, cost in costs],
    )


def some(keys: Sequence[int], times: int) -> list[int]:
    return random.sample(keys, min(times, len(keys)))


def timed_write(edge: Edge, key: int) -> tuple[float, float]:
    """Seconds from the commit until the purge was answered, and until a reader was shown it."""
    committed: list[float] = []
    with transaction.atomic():
        # What follows a commit is called in the order in which it was registered: this first.
        transaction.on_commit(lambda: committed.append(time.monotonic()))
        version = write_version(key, 0)
    purged = time.monotonic()
    shown = edge.read(key)
    seen = time.monotonic()
    if shown != version:
        raise NotShown(f"version {version} was acknowledged, and {shown} shown after that")
    return purged - committed[0], seen - committed[0]


def timed_purges(edges: tuple[Edge, Edge], key: int) -> tuple[float, float]:
    """Seconds for a purge of one page from each, asked in either order; both keep it again then."""
    took = {}
    for edge in random.sample(edges, 2):
        edge.read(key)
        began = time.monotonic()
        removed = edge.purge(key)
        took[edge] = time.monotonic() - began
        if removed != 1:
            raise NotShown(f"a purge of one page removed {removed}: was it kept?")
        edge.read(key)
    return took[edges[0]], took[edges[1]]
