"""Reading and writing as browsers do: over HTTP, through the servers that stand before Django."""

from __future__ import annotations

import random

import urllib3
from django.conf import settings
from django.urls import reverse

from .policies import write_unpurged

PATIENCE = 30  # seconds for one answer

# What the lab's pages of versions understand (views.py).
TOKEN = "X-Lab-Token"  # noqa: S105 (the header's name)
PAUSE = "X-Lab-Pause"
LIFETIME = "X-Lab-Lifetime"


class Refused(Exception):
    """An answer that is no version; the text says what was asked and what came."""


class Remote:
    """A server that answers for the lab's pages of versions (views.py)."""

    name = "remote"
    base = ""

    def __init__(self) -> None:
        # A request that failed is an error to be counted, so none is tried again.
        self._pool = urllib3.PoolManager(retries=False, timeout=PATIENCE)
        self._token = {TOKEN: settings.LAB.purge_token}

    def read(self, key: int) -> int:
        return self._ask("GET", key, {})

    def write(self, key: int, pause: float) -> int:
        return self._ask("POST", key, {**self._token, PAUSE: str(pause)})

    def _ask(self, method: str, key: int, headers: dict[str, str]) -> int:
        address = self.base + reverse("freshness-version", args=[key])
        answer = self._pool.request(method, address, headers=headers)
        if answer.status != 200:
            raise Refused(f"{method} {address}: status {answer.status}")
        return int(answer.data)


class Origin(Remote):
    """Through the load balancer, which spreads requests over the replicas."""

    name = "origin"
    base = "http://nginx:8080"


class Edge(Remote):
    """Through Varnish, which keeps the pages."""

    name = "edge"
    base = "http://varnish:8080"


class SlowEdge(Edge):
    """Where making a page takes longer than a write does: purges come while it is being fetched,
    and readers wait for fetches that began before a write."""

    name = "slow-edge"
    SLOWEST = 0.05  # seconds; a random part of it

    def read(self, key: int) -> int:
        slow = random.uniform(0, self.SLOWEST)  # noqa: S311 (a load, no secret)
        return self._ask("GET", key, {**self._token, PAUSE: f"{slow:.3f}"})


class AgingEdge(Edge):
    """Where pages age within a second, so that most are shown while they are fetched anew (grace),
    slowly."""

    name = "aging-edge"

    def read(self, key: int) -> int:
        return self._ask("GET", key, {**self._token, PAUSE: "0.02", LIFETIME: "1"})


class UnpurgedEdge(Edge):
    """Which is not told of writes, while the upstream cache is. It is here to be caught."""

    name = "unpurged-edge"

    def write(self, key: int, pause: float) -> int:
        return write_unpurged(key, pause)
