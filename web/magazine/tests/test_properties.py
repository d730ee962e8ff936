"""Properties that cost read through the policies: computed once for each object, until it changes."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from magazine.models import Post, User

from . import factories as make

# Invalidations take effect when a transaction commits, so these tests need real ones.
pytestmark = pytest.mark.django_db(transaction=True)


def test_related_posts_are_asked_for_once_and_follow_the_tags(
    django_assert_num_queries: Any,
) -> None:
    post, other = make.article(tags=["Linux"]), make.article("Other", tags=["Linux"])
    assert post.related == [{"slug": other.slug, "title": "Other"}]
    with django_assert_num_queries(0):
        assert Post(slug=post.slug, status=post.status).related == post.related
    post.tags.clear()
    assert post.related == []


def test_related_posts_of_a_draft_are_in_no_cache() -> None:
    draft, other = make.draft(tags=["Linux"]), make.article("Other", tags=["Linux"])
    assert [each["slug"] for each in draft.related] == [other.slug]
    draft.tags.set([])  # which invalidates nothing
    assert draft.related == []


def test_the_standing_is_asked_for_once_and_follows_the_writing(
    django_assert_num_queries: Any,
) -> None:
    ann = make.person("ann")
    assert ann.standing == {"posts": 0, "comments": 0, "points": 0}
    with django_assert_num_queries(0):
        assert User(username="ann").standing["posts"] == 0
    make.comment(make.article(author=ann), author=ann)
    assert ann.standing == {"posts": 1, "comments": 1, "points": 0}


def test_the_reading_time_is_that_of_the_body_as_it_is() -> None:
    post = make.article(body="word " * 460)
    assert post.reading_minutes == 2
    post.body = "word " * 920
    assert post.reading_minutes == 4


def test_the_admin_shows_them(client: Client) -> None:
    client.force_login(make.person("root", is_staff=True, is_superuser=True))
    ann = make.person("ann")
    post = make.article(tags=["Linux"], author=ann, body="word " * 460)
    other = make.article("An <other>", tags=["Linux"])
    html = client.get(f"/admin/magazine/post/{post.pk}/change/").content.decode()
    assert "2 min" in html
    assert f'<a href="/posts/{other.slug}/">An &lt;other&gt;</a>' in html
    html = client.get(f"/admin/magazine/user/{ann.pk}/change/").content.decode()
    assert "posts: 1, comments: 0, points: 0" in html
    for model in ("post", "user"):
        assert client.get(f"/admin/magazine/{model}/add/").status_code == 200
