"""Members' pages behind an edge that composes: everybody's bytes, and one's own parts in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path as url

from caching import depends_on
from magazine.models import Comment, Message, User, Vote

from . import factories as make

pytestmark = pytest.mark.django_db

ESI = {"Surrogate-Capability": 'cachelab="ESI/1.0"'}
PLACE = re.compile(
    r'<esi:remove>(.*?)</esi:remove><!--esi <esi:include src="([^"]*)"/>-->', re.DOTALL
)
PUBLIC = [
    *("/", "/posts/subject/", "/tags/linux/", "/authors/mary/", "/archive/", "/archive/2024/03/"),
    *("/board/", "/trending/", "/photos/", "/clips/", "/wire/", "/feed.atom", "/sitemap.xml"),
]
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _posts(member: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("content.partner.headlines", list)
    make.article("Subject", slug="subject", tags=["Linux"], author=member)
    make.topic("A topic")


@pytest.fixture
def ann(db: None) -> Client:
    """Logged in through the form, so that the browser has all cookies that this sets."""
    person = make.person("ann")
    person.set_password(PASSWORD)
    person.save()
    client = Client(enforce_csrf_checks=True)
    token = field(client.get("/accounts/login/"))
    given = {"username": "ann", "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert client.post("/accounts/login/", given).status_code == 302
    return client


def field(page: HttpResponse | str) -> str:
    html = page if isinstance(page, str) else page.content.decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)
    assert found, "the page has no form"
    return found[1]


def seen(client: Client, path: str) -> str:
    """What the edge delivers to somebody with a session: the shared page with all parts put in. They
    are asked with the cookies of the request, and no cookie that one of them sets comes through."""
    sent = {name: each.value for name, each in client.cookies.items()}
    page = client.get(path, headers=ESI)
    assert page["Surrogate-Control"] == 'content="ESI/1.0"'

    def part(place: re.Match[str]) -> str:
        alone = Client()
        alone.cookies.load(sent)
        answer = alone.get(unescape(place[2]))
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "private, no-store"
        return answer.content.decode()

    return PLACE.sub(part, page.content.decode())


@pytest.mark.parametrize("path", PUBLIC)
def test_a_page_is_the_same_bytes_for_everybody(
    member: User, editor: User, logged_in: Callable[[User], Client], path: str
) -> None:
    Message.objects.create(sender=editor, recipient=member, subject="Hello", body="You.")
    pages = [
        client.get(path, headers=ESI) for client in (logged_in(member), logged_in(editor), Client())
    ]
    assert len({page.content for page in pages}) == 1
    for page in pages:
        assert page["Cache-Control"].startswith("public, ")
        assert "Cookie" not in page.get("Vary", "")
        assert not page.cookies
        assert b"csrfmiddlewaretoken" not in page.content
        assert ("Surrogate-Control" in page) == ("." not in path)


@pytest.mark.parametrize("path", [path for path in PUBLIC if "." not in path])
def test_a_page_has_few_places_and_asks_nothing_of_a_member(
    member: User,
    logged_in: Callable[[User], Client],
    path: str,
    django_assert_num_queries: Any,
) -> None:
    client = logged_in(member)
    html = client.get(path, headers=ESI).content.decode()
    places = PLACE.findall(html)
    assert [src for _, src in places][:1] == ["/my/masthead"]
    assert len(places) <= 2
    assert 'href="/accounts/login/"' in places[0][0]
    with django_assert_num_queries(0):
        client.get(path, headers=ESI)


def test_parts_make_the_page_one_readers_own(ann: Client, editor: User) -> None:
    person = User.objects.get(username="ann")
    Message.objects.create(sender=editor, recipient=person, subject="Hello", body="You.")
    html = seen(ann, "/")
    assert 'Hello, <a href="/authors/ann/">' in html
    assert ' unread">1</b>' in html
    assert "Log in" not in html
    html = seen(ann, "/posts/subject/")
    assert 'id="comment-form"' in html
    assert "Edit this" not in html
    assert "Write to Mary" in seen(ann, "/authors/mary/")
    assert "Write to" not in seen(ann, "/authors/ann/")


def test_who_may_edit_is_shown_how(
    member: User, editor: User, logged_in: Callable[[User], Client]
) -> None:
    for person in (member, editor):
        assert "Edit this article" in seen(logged_in(person), "/posts/subject/")


@pytest.mark.parametrize("path", ["/", "/posts/subject/", "/authors/mary/"])
def test_the_default_is_what_a_part_says_to_nobody(path: str) -> None:
    html = Client().get(path, headers=ESI).content.decode()
    assert PLACE.findall(html)
    for default, src in PLACE.findall(html):
        for client in (Client(), ended()):
            answer = client.get(unescape(src))
            assert answer.status_code == 200
            assert answer["Cache-Control"] == "private, no-store"
            assert answer.content.decode() == default


def ended() -> Client:
    """Somebody with a session that has ended."""
    client = Client()
    client.force_login(make.person())
    Session.objects.all().delete()
    return client


def test_forms_of_parts_are_accepted(ann: Client) -> None:
    html = seen(ann, "/posts/subject/")
    given = {"body": "Well.", "csrfmiddlewaretoken": field(html)}
    assert ann.post("/posts/subject/comment", given).status_code == 302
    assert Comment.objects.get().author.username == "ann"
    assert ann.post("/posts/subject/vote", {**given, "value": "1"}).status_code == 302
    assert Vote.objects.get().user.username == "ann"
    html = seen(ann, "/posts/subject/")
    assert 'value="1" aria-pressed="true"' in html
    assert "Take back" in html
    assert ann.post("/accounts/logout/", {"csrfmiddlewaretoken": field(html)}).status_code == 302
    assert 'href="/accounts/login/"' in seen(ann, "/")


@pytest.mark.parametrize("cookie", [None, "broken"])
def test_without_the_cookie_there_are_links_to_forms(ann: Client, cookie: str | None) -> None:
    del ann.cookies["csrftoken"]
    if cookie:
        ann.cookies["csrftoken"] = cookie
    html = seen(ann, "/posts/subject/")
    assert "csrfmiddlewaretoken" not in html
    assert 'href="/posts/subject/comment"' in html
    assert 'href="/accounts/leave/"' in html
    # These are pages of one's own, and set it.
    form = ann.get("/accounts/leave/", headers=ESI)
    assert form["Cache-Control"] == "private, no-store"
    given = {"csrfmiddlewaretoken": field(form)}
    assert 'id="comment-form"' in seen(ann, "/posts/subject/")
    assert ann.post("/accounts/logout/", given).status_code == 302


def test_a_message_is_shown_once(ann: Client, editor: User) -> None:
    given = {"to": "edith", "subject": "Knots", "body": "Dear", "csrfmiddlewaretoken": ""}
    given["csrfmiddlewaretoken"] = field(ann.get("/inbox/new", headers=ESI))
    assert ann.post("/inbox/new", given, headers=ESI).status_code == 302
    assert "messages" not in ann.cookies
    shared = Client().get("/", headers=ESI).content.decode()
    assert "Your message to" not in shared
    assert "Your message to Edith is sent" in seen(ann, "/")
    assert "Your message to" not in seen(ann, "/")


@pytest.mark.parametrize("path", ["/inbox/", "/inbox/new", "/drafts/", "/write/", "/board/new"])
def test_a_page_of_ones_own_is_made_whole(ann: Client, path: str) -> None:
    page = ann.get(path, headers=ESI)
    assert "Hello, <a" in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"
    assert "Surrogate-Control" not in page


def test_whose_search_it_is_does_not_matter(ann: Client) -> None:
    assert "Hello, <a" in seen(ann, "/search/?q=subject")


def test_what_is_not_there_has_no_part(ann: Client) -> None:
    make.draft(slug="secret", author=User.objects.get(username="mary"))
    for path in ("/my/posts/none/", "/my/posts/secret/", "/my/authors/none/"):
        assert ann.get(path).status_code == 404
    assert "Hello, <a" in ann.get("/posts/none/", headers=ESI).content.decode()


@pytest.mark.parametrize(
    "words", ['<esi:include src="/inbox/"/>', '<!--esi <esi:include src="/inbox/"/>-->']
)
def test_what_people_write_makes_no_place(member: User, words: str) -> None:
    post = make.article(words, slug="written", body=words, author=member)
    make.comment(post, words)
    member.display_name = member.bio = words
    member.save()
    for path in ("/posts/written/", "/authors/mary/", "/", f"/search/?q={words}"):
        html = Client().get(path, headers=ESI).content.decode()
        assert html.count("<esi:include ") == html.count("<!--esi ") == len(PLACE.findall(html))
        assert "<esi:include " not in PLACE.sub("", html)


LOOKS: dict[str, Callable[[HttpRequest], object]] = {
    "is_authenticated": lambda request: request.user.is_authenticated,
    "the name": lambda request: str(request.user),
    "a comparison": lambda request: request.user == request.user,
    "rights": lambda request: request.user.has_perm("magazine.change_post"),
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("with_session", [True, False])
def test_a_view_that_looks_at_its_user_is_private(
    member: User, settings: Any, look: str, with_session: bool
) -> None:
    """Without a session too: what it shows to nobody in particular is not for members."""

    def view(request: HttpRequest) -> HttpResponse:
        depends_on("posts")
        return HttpResponse(f"{LOOKS[look](request)}")

    settings.ROOT_URLCONF = (url("", view),)
    client = Client()
    if with_session:
        client.force_login(member)
    assert client.get("/", headers=ESI)["Cache-Control"] == "private, no-store"
