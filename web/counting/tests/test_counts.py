"""What Django counts of itself is what it was asked, and what it asked."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from prometheus_client import REGISTRY

from config.request_metrics import REQUESTS, RequestMetrics
from counting.apps import count_queries_of


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"counting_{name}_total", labels) or 0.0


class Counts:
    """How much each count has grown since the last look."""

    def __init__(self) -> None:
        self.last = self.now()

    @staticmethod
    def now() -> dict[str, float]:
        kinds = {what: value("watched", what=what) for what in ("up", "metrics")}
        kinds["page"] = sum(
            sample.value
            for family in REQUESTS.collect()
            for sample in family.samples
            if sample.name.endswith("_total")
        )
        return kinds | {by: value("queries", by=by) for by in ("request", "beside")}

    def __call__(self) -> dict[str, float]:
        before, self.last = self.last, self.now()
        return {
            what: self.last[what] - before[what]
            for what in before
            if self.last[what] != before[what]
        }


@pytest.fixture
def grown(db: None) -> Counts:
    count_queries_of(connection)
    return Counts()


def answering(queries: int) -> RequestMetrics:
    def view(request: HttpRequest) -> HttpResponse:
        for _ in range(queries):
            ContentType.objects.first()
        return HttpResponse()

    return RequestMetrics(view)


def test_a_request_and_its_queries(grown: Counts) -> None:
    answering(3)(RequestFactory().get("/posts/one/"))
    assert grown() == {"page": 1, "request": 3}


def test_a_request_without_queries(grown: Counts) -> None:
    answering(0)(RequestFactory().get("/"))
    assert grown() == {"page": 1}


def test_what_no_request_asked_for_is_beside(grown: Counts) -> None:
    ContentType.objects.first()
    assert grown() == {"beside": 1}


def test_the_queries_of_what_breaks_are_counted_too(grown: Counts) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        ContentType.objects.first()
        raise LookupError

    with pytest.raises(LookupError):
        RequestMetrics(view)(RequestFactory().get("/"))
    assert grown() == {"request": 1}
    ContentType.objects.first()
    assert grown() == {"beside": 1}


def test_a_connection_that_is_opened_again_is_not_counted_twice(grown: Counts) -> None:
    count_queries_of(connection)
    ContentType.objects.first()
    assert grown() == {"beside": 1}


def test_beginnings_and_ends_of_transactions_are_not_counted(grown: Counts) -> None:
    with transaction.atomic(), transaction.atomic():  # a savepoint, in the test's own transaction
        ContentType.objects.first()
    assert grown() == {"beside": 1}


def test_each_row_of_many_is_a_statement_for_the_database(grown: Counts) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE django_content_type SET model = model WHERE id = %s", [(1,), (2,)]
        )
    assert grown() == {"beside": 2}


@pytest.mark.parametrize(
    ("path", "what"),
    [("/up", "up"), ("/up/databases", "up"), ("/metrics", "metrics"), ("/nothing", "page")],
)
def test_watchers_are_told_from_visitors(
    grown: Counts, client: Client, path: str, what: str
) -> None:
    client.get(path)
    found = grown()
    assert {kind: found.get(kind, 0) for kind in ("up", "metrics", "page")} == {
        **dict.fromkeys(("up", "metrics", "page"), 0),
        what: 1,
    }
