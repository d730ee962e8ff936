"""Reading and writing as browsers do: over HTTP, through the servers that stand before Django."""

from __future__ import annotations

import urllib3
from django.conf import settings
from django.urls import reverse

PATIENCE = 30  # seconds for one answer
TOKEN = "X-Lab-Token"  # noqa: S105 (the header's name)


class Refused(Exception):
    """An answer that is no version; the text says what was asked and what came."""


class Remote:
    """A server that answers for the lab's pages of versions (views.py)."""

    name = "remote"
    base = ""

    def __init__(self) -> None:
        # A request that failed is an error to be counted, so none is tried again.
        self._pool = urllib3.PoolManager(retries=False, timeout=PATIENCE)

    def read(self, key: int) -> int:
        return self._ask("GET", key, {})

    def write(self, key: int, pause: float) -> int:
        headers = {TOKEN: settings.LAB.purge_token, "X-Lab-Pause": str(pause)}
        return self._ask("POST", key, headers)

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
