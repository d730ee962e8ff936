"""After a write the next reader sees it, whatever was kept before, however it was written."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from magazine.models import Comment, Photo, Post, Tag, User, Vote

from . import factories as make

# Invalidations take effect when a transaction commits, so these tests need real ones.
pytestmark = pytest.mark.django_db(transaction=True)

PAGES = [
    *("/", "/posts/subject/", "/tags/linux/", "/authors/ann/", "/board/", "/posts/question/"),
    *("/archive/", "/archive/2024/03/", "/feed.atom", "/sitemap.xml", "/photos/"),
]


@pytest.fixture
def pages(client: Client) -> Callable[[], dict[str, str]]:
    def read() -> dict[str, str]:
        return {path: client.get(path).content.decode() for path in PAGES}

    ann = make.person("ann")
    make.article("Subject", slug="subject", tags=["Linux"], author=ann, photo=make.photo("Sea"))
    make.topic("Question", slug="question", author=ann)
    read()
    return read


Read = Callable[[], dict[str, str]]


def subject() -> Post:
    return Post.objects.get(slug="subject")


def test_a_comment_is_seen_on_the_post_and_counted_on_the_lists(pages: Read) -> None:
    comment = make.comment(subject(), "Fresh words.")
    now = pages()
    assert "Fresh words." in now["/posts/subject/"]
    assert "1 comment<" in now["/posts/subject/"]
    assert "1 comment<" in now["/"]
    assert "1 comment<" in now["/tags/linux/"]
    comment.body = "Better words."
    comment.save()
    assert "Better words." in pages()["/posts/subject/"]
    comment.delete()
    now = pages()
    assert "Better words." not in now["/posts/subject/"]
    assert "0 comments<" in now["/"]


def test_an_answer_on_the_board_moves_the_topic_up(pages: Read) -> None:
    make.topic("Newer", slug="newer")
    assert pages()["/board/"].index("Newer") < pages()["/board/"].index("Question")
    client = Client()
    client.force_login(make.person())
    client.post("/posts/question/comment", {"body": "An answer."})
    now = pages()["/board/"]
    assert now.index("Question") < now.index("Newer")
    assert "1 reply<" in now


def test_a_vote_is_counted(pages: Read) -> None:
    vote = Vote.objects.create(user=make.person(), post=subject(), value=1)
    assert "<strong>1</strong> point " in pages()["/posts/subject/"]
    vote.value = -1
    vote.save()
    assert "<strong>-1</strong> point" in pages()["/posts/subject/"]
    assert "<dd>-1</dd>" in pages()["/authors/ann/"]
    vote.delete()
    assert "<strong>0</strong> points" in pages()["/posts/subject/"]


def test_a_new_title_is_seen_everywhere(pages: Read) -> None:
    post = subject()
    post.title = "Renamed"
    post.save()
    now = pages()
    for path in ("/", "/posts/subject/", "/tags/linux/", "/authors/ann/", "/feed.atom"):
        assert "Renamed" in now[path], path


def test_a_new_body_is_seen(pages: Read) -> None:
    post = subject()
    post.body = "Rewritten."
    post.save()
    assert "Rewritten." in pages()["/posts/subject/"]


def test_a_post_appears_when_it_is_published_and_vanishes_when_it_is_withdrawn(
    pages: Read, client: Client
) -> None:
    post = make.draft("Surprise", slug="surprise", author=User.objects.get(username="ann"))
    assert client.get("/posts/surprise/").status_code == 404
    post.status, post.published_at = Post.Status.PUBLISHED, make.moment(5_000)
    post.save()
    post.tags.set([make.tag("Linux")])
    now = pages()
    for path in ("/", "/tags/linux/", "/authors/ann/", "/feed.atom", "/archive/2024/03/"):
        assert "Surprise" in now[path], path
    assert "/posts/surprise/" in now["/sitemap.xml"]
    assert "Surprise" in now["/posts/subject/"]  # related
    post.status = Post.Status.DRAFT
    post.save()
    now = pages()
    assert client.get("/posts/surprise/").status_code == 404
    assert not [path for path in PAGES if "urprise" in now[path]]


@pytest.mark.parametrize(("carried", "ended"), [([], False), (["Linux"], True)])
def test_only_an_article_that_carries_tags_ends_the_pages_of_other_posts(
    pages: Read, client: Client, monkeypatch: pytest.MonkeyPatch, carried: list[str], ended: bool
) -> None:
    named: set[str] = set()
    monkeypatch.setattr("magazine.invalidation.invalidate", lambda *tags: named.update(tags))
    post = make.draft("Surprise", tags=carried)
    post.status, post.published_at = Post.Status.PUBLISHED, make.moment(5_000)
    post.save()
    assert named & set(client.get("/")["Surrogate-Key"].split())
    shown = set(client.get("/posts/subject/")["Surrogate-Key"].split())
    assert bool(named & shown) is ended


def test_a_tag_is_there_for_as_long_as_something_public_carries_it(client: Client) -> None:
    post = make.draft(tags=["Secret"])
    assert client.get("/tags/secret/").status_code == 404
    post.status, post.published_at = Post.Status.PUBLISHED, make.moment(5_000)
    post.save()
    assert client.get("/tags/secret/").status_code == 200
    post.status = Post.Status.DRAFT
    post.save()
    assert client.get("/tags/secret/").status_code == 404


def test_a_deleted_post_is_gone_with_all_that_hung_on_it(pages: Read, client: Client) -> None:
    make.comment(subject(), author=User.objects.get(username="ann"))
    pages()
    subject().delete()
    now = pages()
    assert client.get("/posts/subject/").status_code == 404
    assert not [path for path in ("/", "/tags/linux/", "/feed.atom") if "Subject" in now[path]]
    assert now["/authors/ann/"].count("<dd>0</dd>") == 2


def test_new_tags_are_seen_and_the_old_ones_let_go(pages: Read) -> None:
    subject().tags.set([make.tag("Tea")])
    now = pages()
    assert "Subject" not in now["/tags/linux/"]
    assert 'href="/tags/tea/"' in now["/"]
    assert "Tea" in now["/posts/subject/"]
    subject().tags.clear()
    assert 'href="/tags/tea/" rel="tag"' not in pages()["/posts/subject/"]
    make.tag("Linux").posts.add(subject())
    assert "Subject" in pages()["/tags/linux/"]


def test_a_persons_new_name_is_seen_on_posts_cards_and_comments(pages: Read) -> None:
    bob = make.person("bob")
    make.comment(subject(), author=bob)
    pages()
    ann = User.objects.get(username="ann")
    ann.display_name, bob.display_name = "Annabel", "Robert"
    ann.save()
    bob.save()
    now = pages()
    for path in ("/", "/posts/subject/", "/authors/ann/", "/board/", "/feed.atom"):
        assert "Annabel" in now[path], path
    assert "Robert" in now["/posts/subject/"]


def test_new_words_about_oneself_are_seen(pages: Read) -> None:
    ann = User.objects.get(username="ann")
    ann.bio = "Gardener."
    ann.save()
    assert "Gardener." in pages()["/authors/ann/"]


def test_a_renamed_tag_and_a_renamed_photo_are_seen(pages: Read) -> None:
    Tag.objects.get(slug="linux").delete()
    assert "Linux" not in pages()["/posts/subject/"]
    tag = make.tag("Teh")
    subject().tags.add(tag)
    pages()
    tag.name = "Tea"
    tag.save()
    photo = Photo.objects.get()
    photo.title = "Ocean"
    photo.save()
    now = pages()
    assert "Tea</a>" in now["/"]
    assert "Ocean" in now["/posts/subject/"]
    assert "Ocean" in now["/photos/"]
    photo.delete()
    assert "<img" not in pages()["/posts/subject/"]


def test_a_deleted_person_takes_posts_and_comments_along(pages: Read, client: Client) -> None:
    make.comment(Post.objects.get(slug="question"), "Mine.", author=make.person("bob"))
    pages()
    User.objects.get(username="bob").delete()
    assert "Mine." not in pages()["/posts/question/"]
    User.objects.get(username="ann").delete()
    assert client.get("/authors/ann/").status_code == 404
    assert "Subject" not in pages()["/"]


def test_logging_in_invalidates_nothing(
    pages: Read, member: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[str] = []
    monkeypatch.setattr("magazine.invalidation.invalidate", lambda *tags: ended.extend(tags))
    Client().force_login(member)
    make.draft()
    assert ended == []


def test_what_is_rolled_back_was_never_seen(pages: Read) -> None:
    from django.db import transaction

    before = pages()
    with pytest.raises(RuntimeError), transaction.atomic():
        make.comment(subject(), "Never said.")
        raise RuntimeError
    assert pages() == before
    assert not Comment.objects.exists()


def test_a_comment_that_is_moved_leaves_its_old_post(pages: Read) -> None:
    comment = make.comment(subject(), "On the move.")
    assert "On the move." in pages()["/posts/subject/"]
    comment.post = Post.objects.get(slug="question")
    comment.save()
    now = pages()
    assert "On the move." not in now["/posts/subject/"]
    assert "On the move." in now["/posts/question/"]


def test_an_address_that_is_used_again_does_not_inherit_a_thread(pages: Read) -> None:
    old = subject()
    make.comment(old, "For the old post.")
    pages()
    old.slug = "renamed"
    old.save()
    make.article("Another", slug="subject")
    assert "For the old post." not in pages()["/posts/subject/"]
