"""What a visitor is told when a page could not be made."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (OperationalError("the database system is starting up"), 503),
        (InterfaceError("the connection is closed"), 503),
        (IntegrityError("a bug of ours"), 500),
        (ValueError("a bug of ours"), 500),
    ],
)
def test_a_database_that_is_away_is_no_mistake_of_the_site(
    failure: Exception, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr("magazine.views.reading.post_for_readers", fail)
    answer = Client(raise_request_exception=False).get("/posts/any/")
    assert answer.status_code == status
    text = answer.content.decode()
    assert str(failure) not in text
    assert ("was not saved" in text) == (status == 503)
    assert ("Retry-After" in answer) == (status == 503)
    if status == 503:
        assert answer["Cache-Control"] == "no-store"
