"""What the relay tells of the outbox."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest

from caching import metrics, watch
from caching.management.commands.relay_invalidations import everything
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


def test_the_relay_gives_out_what_it_counted_itself_too() -> None:
    metrics.of(metrics.PURGES, "failed").inc()
    owe(5)
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for each in everything().collect()
        for sample in each.samples
    }
    assert found["caching_outbox_pending",] == 1
    assert found["caching_purges_total", "failed"] >= 1


def test_what_the_process_counts_is_given_out_without_the_database(
    django_db_blocker: Any,
) -> None:
    everything()
    with django_db_blocker.block():
        assert generate_latest()
