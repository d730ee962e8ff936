"""The pages that the checker reads and writes over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from caching.stores import current
from freshness.models import Versioned
from freshness.policies import write_unpurged

TOKEN = {"X-Lab-Token": "secret"}
PAGE = "/lab/versions/7/"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _a_row_and_a_token(settings: Any) -> Iterator[None]:
    settings.LAB = replace(settings.LAB, purge_token="secret")
    Versioned.objects.create(key=7)
    yield
    store = current()
    if store:
        store.clear()


def test_a_version_is_a_public_page_with_its_tag(client: Client) -> None:
    answer = client.get(PAGE)
    assert answer.content == b"0\n"
    assert answer["Cache-Control"].startswith("public")
    assert "version:7" in answer["Surrogate-Key"].split()


def test_a_write_answers_with_the_version_that_readers_are_shown_from_now_on(
    client: Client,
) -> None:
    client.get(PAGE)
    for version in (1, 2):
        written = client.post(PAGE, headers=TOKEN)
        assert written.content == f"{version}\n".encode()
        assert written["Cache-Control"] == "private, no-store"
        assert client.get(PAGE).content == written.content


@pytest.mark.parametrize("headers", [{}, {"X-Lab-Token": ""}, {"X-Lab-Token": "guess-é"}])
def test_a_write_without_the_token_is_refused(client: Client, headers: dict[str, str]) -> None:
    assert client.post(PAGE, headers=headers).status_code == 403
    assert Versioned.objects.get().version == 0


def test_without_a_token_in_the_settings_nobody_writes(client: Client, settings: Any) -> None:
    settings.LAB = replace(settings.LAB, purge_token="")
    assert client.post(PAGE, headers={"X-Lab-Token": ""}).status_code == 403


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_row_that_is_not_there_is_404(client: Client, method: str) -> None:
    assert getattr(client, method)("/lab/versions/8/", headers=TOKEN).status_code == 404


def test_a_slow_page_shows_what_was_true_when_it_was_begun(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[bytes] = []

    def write_meanwhile(_: float) -> None:
        written.append(Client().post(PAGE, headers=TOKEN).content)

    monkeypatch.setattr("freshness.views.time", SimpleNamespace(sleep=write_meanwhile))
    slow = client.get(PAGE, headers={**TOKEN, "X-Lab-Pause": "0.5"})
    assert slow.content == b"0\n"
    assert written == [b"1\n"]
    assert slow["Cache-Control"].startswith("public")


def test_a_page_can_be_asked_for_that_ages_soon(client: Client) -> None:
    answer = client.get(PAGE, headers={**TOKEN, "X-Lab-Lifetime": "1"})
    assert answer["CDN-Cache-Control"].startswith("max-age=1, stale-while-revalidate=")


@pytest.mark.parametrize("headers", [{"X-Lab-Pause": "0.1"}, {"X-Lab-Lifetime": "1"}])
def test_nobody_slows_or_ages_pages_without_the_token(
    client: Client, headers: dict[str, str]
) -> None:
    answer = client.get(PAGE, headers=headers)
    assert answer.status_code == 403
    assert "public" not in answer["Cache-Control"]


@pytest.mark.parametrize("lifetime", ["0", "-1", "1.5", "3601", "soon"])
def test_a_lifetime_beyond_bounds_is_told(client: Client, lifetime: str) -> None:
    answer = client.get(PAGE, headers={**TOKEN, "X-Lab-Lifetime": lifetime})
    assert answer.status_code == 400
    assert b"accepted are whole seconds from 1 to 3600" in answer.content


def test_a_write_that_the_edge_is_not_told_of_is_told_upstream(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    purged: list[object] = []
    monkeypatch.setattr("caching.edge.purge", purged.append)
    client.get(PAGE)
    assert write_unpurged(7, 0) == 1
    assert client.get(PAGE).content == b"1\n"
    assert purged == []


@pytest.mark.parametrize("pause", ["-1", "1.1", "nan", "soon"])
def test_a_pause_beyond_bounds_is_told(client: Client, pause: str) -> None:
    answer = client.post(PAGE, headers={**TOKEN, "X-Lab-Pause": pause})
    assert answer.status_code == 400
    assert b"accepted are seconds from 0 to 1" in answer.content
    assert Versioned.objects.get().version == 0
