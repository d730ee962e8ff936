"""The pages of the clinic, and the views that are bad on purpose."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from clinic import people, runner
from clinic.cases import CASES
from magazine.models import Post
from magazine.tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_footer_leads_to_the_clinic_and_it_lists_every_case(client: Client) -> None:
    assert 'href="/clinic/"' in client.get("/").content.decode()
    page = client.get("/clinic/").content.decode()
    for name in CASES:
        assert f'href="/clinic/{name}/"' in page


@pytest.mark.parametrize("path", ["/clinic/", *(f"/clinic/{name}/" for name in CASES)])
def test_a_page_is_there_and_is_not_for_shared_caches(client: Client, path: str) -> None:
    for asked in (client, Client()):
        response = asked.get(path)
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]
        client.force_login(people.person("ann"))


@pytest.mark.parametrize("name", CASES)
def test_a_page_shows_what_the_article_says_and_both_codes(client: Client, name: str) -> None:
    page = html.unescape(client.get(f"/clinic/{name}/").content.decode())
    case = CASES[name]
    assert case.seed in page
    for code in (*case.bad_code, *case.cure_code):
        assert f"def {code.__name__}(" in page


def test_there_is_no_other_case(client: Client) -> None:
    assert client.get("/clinic/none/").status_code == 404
    assert client.post("/clinic/none/").status_code == 404


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("name", CASES)
def test_the_button_runs_it_and_shows_the_figures(client: Client, name: str) -> None:
    response = client.post(f"/clinic/{name}/")
    page = response.content.decode()
    assert response.status_code == 200
    assert "The bad idea went wrong, and the cure held." in page
    assert "no-store" in response["Cache-Control"]
    assert ("library refuses it" in page) == bool(CASES[name].told_to_the_library)


def test_the_button_needs_its_token() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/clinic/orm/").status_code == 403


def test_one_case_at_a_time(client: Client) -> None:
    caches["clinic"].set(runner.LOCK, 1)
    response = client.post("/clinic/orm/")
    assert response.status_code == 409
    assert "try again in a few seconds" in response.content.decode()


def test_the_room_is_free_after_a_run(client: Client) -> None:
    for _ in range(2):
        assert client.post("/clinic/orm/").status_code == 200


def test_a_site_that_does_not_answer_is_said_in_one_line(client: Client, settings: Any) -> None:
    settings.CLINIC_SITE = "http://127.0.0.1:1"
    response = client.post("/clinic/personal/")
    assert response.status_code == 503
    assert "nobody answers there" in response.content.decode()
    assert caches["clinic"].get(runner.LOCK) is None


def test_without_an_upstream_cache_there_is_nothing_to_misuse(
    client: Client, settings: Any
) -> None:
    settings.CACHING = {**settings.CACHING, "store": "off"}
    response = client.post("/clinic/orm/")
    assert response.status_code == 503
    assert "LAB_UPSTREAM=redis" in response.content.decode()


BAD = ("/clinic/bad/hello/", "/clinic/cured/hello/")


@pytest.mark.parametrize("path", BAD)
def test_what_is_bad_is_never_kept_at_the_edge(client: Client, path: str) -> None:
    for _ in range(2):
        response = client.get(path)
        assert response.status_code == 200
        assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))


@pytest.mark.parametrize("path", [*BAD, "/clinic/bad/preview/{}/", "/clinic/cured/preview/{}/"])
def test_nobody_elses_data_gets_into_it(client: Client, path: str) -> None:
    draft = make.draft("Real", slug="clinic-00000000-0000-0000-0000-000000000000")
    client.force_login(make.person("mary", is_staff=True))
    assert client.get(path.format(draft.slug)).status_code == 404


def test_a_leaked_draft_is_not_for_the_edge_either(client: Client) -> None:
    editor = people.person("editor", is_staff=True)
    draft = Post.objects.create(
        slug="clinic-00000000-0000-0000-0000-000000000001", title="Leak", body="", author=editor
    )
    client.force_login(editor)
    path = f"/clinic/bad/preview/{draft.slug}/"
    assert client.get(path).status_code == 200
    leaked = Client().get(path)
    assert b"Leak" in leaked.content, "this is what the case shows"
    assert {"private", "no-store"} <= set(leaked["Cache-Control"].split(", "))
