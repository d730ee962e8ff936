"""Each test has caches of its own in local memory, and a site that answers by HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches

from caching.stores import current


@pytest.fixture(autouse=True)
def _empty_caches() -> Iterator[None]:
    _clear()
    yield
    _clear()


def _clear() -> None:
    for name in ("clinic", "clinic-small"):
        caches[name].clear()
    store = current()
    if store:
        store.clear()


@pytest.fixture
def site(live_server: Any, settings: Any) -> str:
    """The address of the site that the clinic's people visit."""
    settings.CLINIC_SITE = live_server.url
    return str(live_server.url)
