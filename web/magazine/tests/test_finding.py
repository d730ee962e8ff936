"""Search, the feed, and the sitemap."""

from __future__ import annotations

import feedparser
import pytest
from defusedxml import ElementTree
from django.test import Client

from magazine.views import finding

from . import factories as make

pytestmark = pytest.mark.django_db


def test_search_finds_posts_that_hold_all_words(client: Client) -> None:
    make.article("Rope", body="A bowline holds.")
    make.topic("Which knot?", body="A bowline, of course.")
    make.draft("Secret", body="A bowline.")
    html = client.get("/search/", {"q": "bowline holds"}).content.decode()
    assert "Rope" in html
    assert "Which knot?" not in html
    html = client.get("/search/", {"q": "bowline"}).content.decode()
    assert "Which knot?" in html
    assert "Secret" not in html


def test_search_goes_on_to_older_posts(client: Client) -> None:
    for _ in range(25):
        make.article(body="bowline & hitch")
    first = client.get("/search/", {"q": "bowline & hitch"})
    assert "?q=bowline%20%26%20hitch&amp;before=" in first.content.decode()
    assert len(first.context["cards"]) == 20
    rest = client.get("/search/", {"q": "bowline & hitch", "before": first.context["older"]})
    assert len(rest.context["cards"]) == 5


def test_search_escapes_what_was_asked(client: Client) -> None:
    html = client.get("/search/", {"q": '"><script>x</script>'}).content.decode()
    assert "<script>x" not in html
    assert "Nothing holds all these words" in html


@pytest.mark.parametrize("asked", ["", "  ", "x" * 201, "nul\x00"])
def test_a_search_that_is_no_good_says_why(client: Client, asked: str) -> None:
    response = client.get("/search/", {"q": asked})
    assert response.status_code == 400
    assert "errorlist" in response.content.decode()


def test_the_feed_is_valid_and_newest_first(client: Client) -> None:
    make.article("Older")
    make.article("Newer & <better>", tags=["Linux"], standfirst="What <b>it</b> is.")
    make.topic("A topic")
    make.draft("A draft")
    response = client.get("/feed.atom")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = feedparser.parse(response.content)
    assert not feed.bozo
    assert [entry.title for entry in feed.entries] == ["Newer & <better>", "Older"]
    newest = feed.entries[0]
    assert newest.link.startswith("http://testserver/posts/")
    assert newest.tags[0].term == "Linux"
    assert newest.author
    assert newest.published_parsed


def test_a_feed_that_has_not_changed_is_not_sent_again(client: Client) -> None:
    make.article()
    tag = client.get("/feed.atom")["ETag"]
    assert client.get("/feed.atom", headers={"If-None-Match": tag}).status_code == 304


def locations(client: Client, path: str) -> list[str]:
    tree = ElementTree.fromstring(client.get(path).content)
    return [
        found.text or "" for found in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
    ]


def test_the_sitemap_lists_every_published_post(client: Client) -> None:
    posts = [make.article(), make.topic()]
    make.draft()
    wanted = [f"http://testserver{post.get_absolute_url()}" for post in posts]
    assert locations(client, "/sitemap.xml") == wanted


def test_a_sitemap_too_long_for_one_file_lists_its_parts(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "SITEMAP", 2)
    for _ in range(3):
        make.article()
    parts = locations(client, "/sitemap.xml")
    assert parts == [f"http://testserver/sitemap-{n}.xml" for n in (1, 2)]
    assert len(locations(client, "/sitemap-1.xml")) == 2
    assert len(locations(client, "/sitemap-2.xml")) == 1
