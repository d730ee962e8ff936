"""What a page costs: a constant number of queries however much it shows, and none when warm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from magazine.models import Message, User, Vote

from . import factories as make

pytestmark = pytest.mark.django_db

# Queries of each page without any cache. A number that grows needs a reason.
# An editors' template costs one, and one more for each thing that its values count or name.
COLD = {
    "/": 10,
    "/tags/linux/": 8,
    "/authors/ann/": 11,
    "/archive/": 1,
    "/archive/2024/03/": 7,
    "/board/": 3,
    "/trending/": 7,
    "/search/?q=body": 5,
    "/photos/": 2,
    "/feed.atom": 2,
    "/sitemap.xml": 2,
    "/posts/subject/": 11,
}
KEPT = [path for path in COLD if not path.startswith(("/search", "/sitemap"))]


def grow(articles: int) -> None:
    """Adds so many articles, topics and comments on the one at /posts/subject/."""
    make.blocks()
    ann = User.objects.filter(username="ann").first() or make.person("ann")
    subject = (
        ann.posts.filter(slug="subject").first()
        or make.article("Subject", slug="subject", tags=["Linux", "Tea"], author=ann)
    )  # fmt: skip
    for _ in range(articles):
        post = make.article(tags=["Linux", "Tea"], author=ann, photo=make.photo())
        make.comment(post)
        make.topic()
        comment = make.comment(subject, "*So* it is.")
        make.comment(subject, "No.", parent=comment)
        Vote.objects.create(user=make.person(), post=subject, value=1)


@pytest.mark.usefixtures("uncached")
@pytest.mark.parametrize("path", COLD)
def test_a_page_costs_the_same_queries_whatever_it_shows(
    client: Client, path: str, django_assert_num_queries: Any
) -> None:
    grow(2)
    client.get(path)  # thumbnails are made once
    with django_assert_num_queries(COLD[path]):
        assert client.get(path).status_code == 200
    grow(10)
    client.get(path)
    with django_assert_num_queries(COLD[path]):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", KEPT)
def test_a_warm_page_asks_the_database_nothing(
    client: Client, path: str, django_assert_num_queries: Any
) -> None:
    grow(3)
    cold = client.get(path)
    with django_assert_num_queries(0):
        warm = client.get(path)
    assert warm.content == cold.content


def test_a_members_warm_page_asks_only_for_what_is_theirs(
    member: User, logged_in: Callable[[User], Client], django_assert_num_queries: Any
) -> None:
    grow(3)
    client = logged_in(member)
    client.get("/posts/subject/")
    client.get("/")
    # Session, person, unread messages, own vote.
    with django_assert_num_queries(4):
        client.get("/posts/subject/")
    with django_assert_num_queries(3):
        client.get("/")


def test_a_members_parts_ask_only_for_what_is_theirs(
    member: User, logged_in: Callable[[User], Client], django_assert_num_queries: Any
) -> None:
    grow(3)
    client = logged_in(member)
    client.get("/my/posts/subject/")
    client.get("/my/authors/ann/")
    with django_assert_num_queries(3):  # session, person, unread messages
        client.get("/my/masthead")
    with django_assert_num_queries(3):  # session, person, own vote
        client.get("/my/posts/subject/")
    with django_assert_num_queries(2):
        client.get("/my/authors/ann/")


def test_the_inbox_costs_the_same_however_full(
    member: User, logged_in: Callable[[User], Client], django_assert_num_queries: Any
) -> None:
    client = logged_in(member)
    for size in (1, 10):
        for _ in range(size):
            Message.objects.create(
                sender=make.person(), recipient=member, subject="Hello", body="You."
            )
        with django_assert_num_queries(4):
            client.get("/inbox/")


@pytest.mark.usefixtures("uncached")
def test_the_front_page_is_walked_to_its_end_without_repeats(
    client: Client, django_assert_num_queries: Any
) -> None:
    posts = [make.article(published_at=make.moment(n // 3)) for n in range(45)]
    seen: list[str] = []
    path = "/"
    pages = 0
    while path:
        # No photos, so no thumbnails; no editors' templates, of which the first page asks for two.
        with django_assert_num_queries(6 if "?" in path else 7):
            context = client.get(path).context
        seen += [card["slug"] for card in context["cards"]]
        path = f"/?before={context['older']}" if context["older"] else ""
        pages += 1
    newest = sorted(posts, key=lambda post: (post.published_at, post.pk), reverse=True)
    assert seen == [post.slug for post in newest]
    assert pages == 3
