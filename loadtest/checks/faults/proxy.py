"""Toxiproxy's API, from inside its own container: nothing else can reach it.

Each proxy is called like the store behind it; services/toxiproxy/proxies.json lists them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from .engine import container, inside

API = "http://127.0.0.1:8474"


def command(method: str, path: str, body: object = None) -> None:
    """Raises FaultError where Toxiproxy refuses."""
    data = () if body is None else ("--data", json.dumps(body))
    curl = ("curl", "--silent", "--show-error", "--fail-with-body", "--max-time", "10")
    inside(container("toxiproxy"), *curl, "--request", method, *data, API + path)


@contextmanager
def toxic(proxy: str, kind: str, **attributes: int) -> Iterator[None]:
    """What the store answers passes through this toxic; sizes in bytes, times in milliseconds."""
    body = {"name": "fault", "type": kind, "stream": "downstream", "attributes": attributes}
    command("POST", f"/proxies/{proxy}/toxics", body)
    try:
        yield
    finally:
        command("DELETE", f"/proxies/{proxy}/toxics/fault")


@contextmanager
def changed(proxy: str, during: dict[str, object], after: dict[str, object]) -> Iterator[None]:
    """The proxy itself with other fields; its connections are closed."""
    command("POST", f"/proxies/{proxy}", during)
    try:
        yield
    finally:
        command("POST", f"/proxies/{proxy}", after)
