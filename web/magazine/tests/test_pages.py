"""Each page is there, and says what it should."""

from __future__ import annotations

import pytest
from django.test import Client

from content.partner import PartnerDown
from magazine.models import User, Vote

from . import factories as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/board/", "/trending/", "/photos/", "/clips/", "/archive/", "/search/", "/wire/"),
        *("/feed.atom", "/sitemap.xml", "/accounts/login/", "/accounts/register/"),
    ],
)
def test_a_page_of_an_empty_site_is_there(client: Client, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        *("/posts/none/", "/tags/none/", "/authors/none/", "/photos/1/", "/clips/1/", "/none"),
        *("/archive/2024/13/", "/archive/2024/00/", "/archive/0001/01/", "/sitemap-2.xml"),
        *(
            "/?before=x",
            "/?before=1-2-3",
            "/?before=99999999999999999999999-1",
            "/?before=1-9999999999999999999999",
        ),
        *("/photos/999999999999999999999999/", "/authors/a%00b/", "/board/?before=1"),
    ],
)
def test_what_is_not_there_is_a_404_with_a_way_on(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert b"To the front page" in response.content
    assert "private" in response["Cache-Control"]


def test_the_front_page_shows_the_newest_articles_first(client: Client) -> None:
    older, newer = make.article("Older"), make.article("Newer", tags=["Linux"])
    make.topic("A topic")
    make.draft("A draft")
    make.comment(newer)
    html = client.get("/").content.decode()
    assert html.index("Newer") < html.index("Older")
    assert "A topic" not in html
    assert "A draft" not in html
    assert f'href="/posts/{older.slug}/#comments">0 comments' in html
    assert f'href="/posts/{newer.slug}/#comments">1 comment<' in html
    assert 'href="/tags/linux/"' in html


def test_a_post_shows_its_body_votes_related_posts_and_thread(client: Client, member: User) -> None:
    post = make.article("Kernels", tags=["Linux"], body="Some **strong** words.", author=member)
    other = make.article("Shells", tags=["Linux"])
    first = make.comment(post, "First!")
    make.comment(post, "Second.")
    make.comment(post, "An *answer*.", parent=first)
    Vote.objects.create(user=member, post=post, value=1)
    html = client.get(post.get_absolute_url()).content.decode()
    assert "<strong>strong</strong>" in html
    assert "1 min read" in html
    assert f'href="/posts/{other.slug}/">Shells' in html
    assert "3 comments" in html
    assert "<strong>1</strong> point " in html
    # A reply stands after what it answers, not where its time would put it.
    assert html.index("First!") < html.index("An <em>answer</em>.") < html.index("Second.")
    assert 'class="d1"' in html
    assert "csrfmiddlewaretoken" not in html


def test_replies_are_indented_only_so_deep(client: Client) -> None:
    post = make.article()
    parent = None
    for _ in range(60):
        parent = make.comment(post, parent=parent)
    html = client.get(post.get_absolute_url()).content.decode()
    assert html.count('class="d4"') == 60 - 4
    assert 'class="d5"' not in html


def test_a_post_with_a_photo_shows_it_in_two_sizes(client: Client) -> None:
    post = make.article(photo=make.photo("A lighthouse", credit="Ann"))
    html = client.get(post.get_absolute_url()).content.decode()
    assert 'alt="A lighthouse"' in html
    assert "640w" in html
    assert "1280w" in html
    assert "Ann" in html
    assert "<img" in client.get("/").content.decode()


def test_an_authors_page_shows_words_standing_and_posts(client: Client, member: User) -> None:
    member.bio = "I write *slowly*."
    member.save()
    post = make.article("Mine", author=member)
    make.comment(post, author=member)
    Vote.objects.create(user=make.person(), post=post, value=1)
    html = client.get("/authors/mary/").content.decode()
    assert "<em>slowly</em>" in html
    assert "Mine" in html
    assert html.count("<dd>1</dd>") == 3


@pytest.mark.parametrize("username", ["ann.o+b@example-1", "zoë"])
def test_an_author_may_have_any_name_that_is_allowed(client: Client, username: str) -> None:
    person = make.person(username)
    make.article(author=person)
    assert client.get(person.get_absolute_url()).status_code == 200


def test_tag_archive_and_month_list_what_is_theirs(client: Client) -> None:
    make.article("On Linux", tags=["Linux"])
    make.article("On tea", tags=["Tea"])
    linux = client.get("/tags/linux/").content.decode()
    assert "On Linux" in linux
    assert "On tea" not in linux
    assert 'href="/archive/2024/03/">March' in client.get("/archive/").content.decode()
    assert "On tea" in client.get("/archive/2024/03/").content.decode()
    assert "On tea" not in client.get("/archive/2024/04/").content.decode()


def test_the_board_lists_topics_by_their_last_activity(client: Client, member: User) -> None:
    quiet, lively = make.topic("Quiet"), make.topic("Lively")
    assert quiet.pk < lively.pk
    client.force_login(member)
    client.post(f"/posts/{quiet.slug}/comment", {"body": "Anybody here?"})
    html = Client().get("/board/").content.decode()
    assert html.index("Quiet") < html.index("Lively")
    assert "1 reply<" in html


def test_trending_counts_a_comment_twice_as_much_as_a_vote(client: Client, member: User) -> None:
    discussed, liked = make.article("Discussed"), make.article("Liked")
    make.article("Ignored")
    make.comment(discussed)
    Vote.objects.create(user=member, post=liked, value=1)
    html = client.get("/trending/").content.decode()
    assert html.index("Discussed") < html.index("Liked")
    assert "Ignored" not in html


def test_photos_and_a_photo_are_shown(client: Client, member: User) -> None:
    photo = make.photo("A lighthouse", uploader=member)
    make.article("By the sea", photo=photo)
    assert "A lighthouse" in client.get("/photos/").content.decode()
    html = client.get(photo.get_absolute_url()).content.decode()
    assert "By the sea" in html
    assert "Added by" in html


def test_the_wire_shows_the_partners_headlines(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    headline = {
        "title": "Bridge <opens>",
        "url": "https://partner.example/bridge",
        "published": "2024-03-01T12:00:00+00:00",
        "summary": "At <b>last</b>.",
    }
    monkeypatch.setattr("content.partner.headlines", lambda: [headline])
    html = client.get("/wire/").content.decode()
    assert "Bridge &lt;opens&gt;" in html
    assert "At last." in html
    assert 'href="https://partner.example/bridge"' in html


def test_the_wire_says_when_the_partner_is_down_and_that_is_not_kept(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down() -> list[dict[str, str]]:
        raise PartnerDown("no answer")

    monkeypatch.setattr("content.partner.headlines", down)
    response = client.get("/wire/")
    assert response.status_code == 200
    assert "doesn’t answer" in response.content.decode()
    assert response["Cache-Control"] == "private, no-store"


def test_the_admin_lists_everything_for_its_superuser(client: Client) -> None:
    client.force_login(make.person("root", is_staff=True, is_superuser=True))
    post = make.article()
    make.comment(post)
    make.clip()
    make.photo()
    for model in ("post", "comment", "tag", "photo", "clip", "vote", "message", "user"):
        assert client.get(f"/admin/magazine/{model}/").status_code == 200
    assert client.get(f"/admin/magazine/post/{post.pk}/change/").status_code == 200
