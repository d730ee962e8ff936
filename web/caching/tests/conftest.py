"""Tests of the library run on its own: local memory, SQLite, declarations of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client import REGISTRY

from caching import policies
from caching.stores import current


@pytest.fixture(autouse=True)
def _own_declarations(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(policies, "_declared", {})
    settings.CACHING = {"store": "local"}
    yield
    store = current()
    if store:
        store.clear()


class Count:
    """How much a metric has grown since the test began."""

    def __init__(self) -> None:
        self._before: dict[tuple[str, tuple[tuple[str, str], ...]], float] = {}
        for family in REGISTRY.collect():
            for sample in family.samples:
                self._before[sample.name, tuple(sorted(sample.labels.items()))] = sample.value

    def __call__(self, name: str, **labels: str) -> float:
        now = REGISTRY.get_sample_value(f"caching_{name}", labels) or 0.0
        return now - self._before.get((f"caching_{name}", tuple(sorted(labels.items()))), 0.0)


@pytest.fixture
def grown() -> Count:
    return Count()
