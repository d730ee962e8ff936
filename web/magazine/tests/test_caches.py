"""What each page says to the caches downstream."""

from __future__ import annotations

import pytest
from django.test import Client

from caching.stores import current
from caching.stores.local import LocalStore
from magazine.models import User

from . import factories as make

pytestmark = pytest.mark.django_db

PUBLIC = [
    *("/", "/posts/subject/", "/tags/linux/", "/authors/mary/", "/archive/", "/archive/2024/03/"),
    *("/board/", "/trending/", "/photos/", "/clips/", "/feed.atom", "/sitemap.xml"),
]


@pytest.fixture(autouse=True)
def _posts(member: User) -> None:
    make.article("Subject", slug="subject", tags=["Linux"], author=member)
    make.topic("A topic")


@pytest.mark.parametrize("path", PUBLIC)
def test_an_anonymous_page_may_be_kept_and_is_marked_with_its_tags(
    client: Client, path: str
) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert response["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert response["CDN-Cache-Control"].startswith("max-age=")
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies
    assert len(response["Surrogate-Key"]) < 4_000
    assert b"csrfmiddlewaretoken" not in response.content


@pytest.mark.parametrize("path", [path for path in PUBLIC if "." not in path])
def test_a_members_page_may_not_be_kept(client: Client, member: User, path: str) -> None:
    client.force_login(member)
    response = client.get(path)
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert "Surrogate-Key" not in response


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/accounts/register/", "/search/", "/search/?q=subject"]
)
def test_a_form_or_a_search_may_not_be_kept(client: Client, path: str) -> None:
    control = client.get(path)["Cache-Control"]
    assert "private" in control
    assert "no-store" in control


@pytest.mark.parametrize(
    ("path", "tags"),
    [
        ("/posts/subject/", {"post:subject", "post:subject:comments", "post:subject:votes"}),
        ("/", {"posts", "names", "post:subject", "post:subject:comments"}),
        ("/tags/linux/", {"tag:linux", "post:subject"}),
        ("/authors/mary/", {"author:mary", "author:mary:standing", "post:subject"}),
        ("/board/", {"board"}),
        ("/feed.atom", {"posts", "updates"}),
        ("/sitemap.xml", {"posts", "topics", "updates"}),
    ],
)
def test_a_page_carries_the_tags_of_what_it_shows(
    client: Client, path: str, tags: set[str]
) -> None:
    assert tags <= set(client.get(path)["Surrogate-Key"].split())


def test_a_full_page_of_long_addresses_fits_into_a_header(client: Client) -> None:
    for number in range(30):
        make.article(slug=f"{'long-' * 25}{number}")
    # Varnish takes 8 kB for one header.
    assert len(client.get("/")["Surrogate-Key"]) < 4_000


def test_an_unknown_session_is_treated_as_private(client: Client) -> None:
    client.cookies["sessionid"] = "made-up"
    assert client.get("/")["Cache-Control"] == "private, no-store"


def test_a_preview_leaves_the_draft_in_no_store(client: Client, member: User) -> None:
    draft = make.draft(author=member, body="Nobody's *business* yet.")
    client.force_login(member)
    store = current()
    assert isinstance(store, LocalStore)
    assert store.clear()
    html = client.get(f"/posts/{draft.slug}/preview").content.decode()
    assert "<em>business</em>" in html
    assert not [key for key in store._values if "compiled" in key or "reading" in key]
