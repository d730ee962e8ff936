"""How far invalidations are behind, as Prometheus reads it from the relay: one cheap query for each look."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from django.db import Error, connection
from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from . import watch

log = logging.getLogger("caching")


class OutboxCollector(Collector):
    """Looks at the outbox when it is asked, in whatever thread asks."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Nothing while the database does not answer: no figure is better than a wrong one."""
        try:
            pending, oldest = self._look()
        except Error as failure:
            log.warning("the outbox could not be looked at: %s", failure)
            return
        finally:
            connection.close()  # the thread that asks ends with its answer
        families = _families()
        for family, value in zip(families, (pending, oldest), strict=True):
            family.add_metric([], value)
        yield from families

    def _look(self) -> tuple[int, float]:
        """How many invalidations are owed, and the seconds since the first of them; 0 of none."""
        from .models import PendingInvalidation  # which can't be imported while apps are loading

        owed = PendingInvalidation.objects.exclude(pk=watch.MARK)
        seen = owed.aggregate(pending=Count("pk"), first=Min("created_at"))
        if seen["first"] is None:
            return 0, 0.0
        return seen["pending"], max((timezone.now() - seen["first"]).total_seconds(), 0.0)


def _families() -> tuple[GaugeMetricFamily, GaugeMetricFamily]:
    return (
        GaugeMetricFamily(
            "caching_outbox_pending",
            "Invalidations that are owed to a cache and not delivered yet.",
        ),
        GaugeMetricFamily(
            "caching_outbox_oldest_seconds", "Seconds since the oldest of them was written."
        ),
    )
