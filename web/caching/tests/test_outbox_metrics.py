"""What the relay tells of the outbox."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone
from prometheus_client import CollectorRegistry

from caching import watch
from caching.models import PendingInvalidation
from caching.outbox_metrics import OutboxCollector

pytestmark = pytest.mark.django_db


def seen() -> dict[str, float]:
    registry = CollectorRegistry()
    registry.register(OutboxCollector())
    return {sample.name: sample.value for each in registry.collect() for sample in each.samples}


def owe(seconds: float, **fields: int) -> None:
    PendingInvalidation.objects.create(
        tags="thing", created_at=timezone.now() - timedelta(seconds=seconds), **fields
    )


def test_an_empty_outbox_owes_nothing_and_has_no_age() -> None:
    assert seen() == {"caching_outbox_pending": 0, "caching_outbox_oldest_seconds": 0}


def test_the_oldest_counts_and_none_is_left_out() -> None:
    for age in (5, 90, 30):
        owe(age)
    found = seen()
    assert found["caching_outbox_pending"] == 3
    assert 90 <= found["caching_outbox_oldest_seconds"] < 120


def test_the_mark_is_no_invalidation() -> None:
    owe(90, pk=watch.MARK)
    assert seen()["caching_outbox_pending"] == 0


def test_a_clock_that_went_back_makes_no_negative_age() -> None:
    owe(-60)
    assert seen()["caching_outbox_oldest_seconds"] == 0


def test_no_figure_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: object) -> None:
        raise OperationalError("no route")

    monkeypatch.setattr(OutboxCollector, "_look", away)
    assert seen() == {}


def test_to_be_registered_needs_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(_: object) -> None:
        raise AssertionError("it looked")

    monkeypatch.setattr(OutboxCollector, "_look", asked)
    CollectorRegistry(auto_describe=True).register(OutboxCollector())
