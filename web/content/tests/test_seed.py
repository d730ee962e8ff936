"""The same integer makes the same site; a bad order changes nothing."""

import io

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from magazine.blocks.places import problem
from magazine.models import Block, Clip, Comment, Message, Photo, Post, Tag, User, Vote

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("corpus")]
UNTIL = "2026-03-01"


def seed(posts: int = 12, **options: object) -> str:
    out = io.StringIO()
    options = {"comments": 5, "until": UNTIL} | options
    call_command("seed", posts=str(posts), stdout=out, **options)
    return out.getvalue()


def everything() -> list[list[tuple[object, ...]]]:
    fields = {
        Post: (
            "id",
            "kind",
            "slug",
            "title",
            "standfirst",
            "body",
            "author__username",
            "photo__sha256",
            "status",
            "published_at",
            "last_activity_at",
        ),
        Post.tags.through: ("post_id", "tag__slug"),
        Comment: ("id", "post_id", "parent_id", "author__username", "body", "created_at"),
        Vote: ("user__username", "post_id", "value", "created_at"),
        Clip: ("title", "source_sha256", "start", "duration", "created_at"),
        Message: ("sender__username", "recipient__username", "subject", "body", "created_at"),
    }
    return [sorted(model.objects.values_list(*names), key=repr) for model, names in fields.items()]


def test_the_same_seed_makes_the_same_site():
    seed()
    first = everything()
    seed(replace=True)
    assert everything() == first


def test_another_seed_makes_another_site():
    seed()
    first = everything()
    seed(replace=True, seed=2)
    assert everything() != first


def test_there_is_as_much_as_was_ordered():
    seed(60, comments=10)
    assert Post.objects.filter(kind="article", status="published").count() == 60
    assert Post.objects.filter(kind="topic").count() == 40
    assert Post.objects.filter(status="draft", author__username="editor").count() == 5
    on_articles = Comment.objects.filter(post__kind="article").count()
    assert on_articles / 60 == pytest.approx(10, rel=0.2)
    assert Photo.objects.count() == 3
    assert Clip.objects.count() == 4
    assert Tag.objects.count() > 20


def test_threads_have_answers_that_come_later_than_what_they_answer():
    seed(20, comments=20)
    answers = Comment.objects.exclude(parent=None).select_related("parent", "post")
    assert answers.exists()
    for answer in answers:
        assert answer.post_id == answer.parent.post_id
        assert answer.created_at >= answer.parent.created_at
    for post in Post.objects.filter(kind="article", status="published"):
        times = list(post.comments.values_list("created_at", flat=True))
        assert all(time >= post.published_at for time in times)
        assert post.last_activity_at == max([*times, post.published_at])


def test_the_lab_accounts_can_log_in_and_the_others_cannot():
    seed(1)
    for name in ("reader", "member", "editor", "admin"):
        assert authenticate(username=name, password=f"lab-{name}") is not None
    assert authenticate(username="member-19", password="lab-member") is not None
    editor = User.objects.get(username="editor")
    assert editor.is_staff
    assert editor.groups.filter(name="editors").exists()
    assert not User.objects.get(username="ada-lovelace").has_usable_password()
    assert editor.received.filter(read_at=None).exists()


def test_editors_templates_are_there_and_what_editors_made_of_them_stays(client):
    seed(3)
    blocks = {block.name: block for block in Block.objects.all()}
    assert set(blocks) == {"front-intro", "post-footer"}
    for name, block in blocks.items():
        assert problem(name, block.source) == ""
    assert "has 3 articles to read, for example on <a" in client.get("/").content.decode()
    post = Post.objects.filter(kind="article", status="published").first()
    assert "was written by <a" in client.get(post.get_absolute_url()).content.decode()
    Block.objects.filter(name="front-intro").update(source="Mine")
    seed(2, append=True)
    assert Block.objects.get(name="front-intro").source == "Mine"


def test_a_database_with_posts_is_refused_and_stays_as_it_was():
    seed(3)
    before = everything()
    with pytest.raises(CommandError, match="--append adds"):
        seed(3)
    assert everything() == before


def test_append_adds_and_repeats_nothing():
    seed(4)
    people = User.objects.count()
    seed(6, append=True)
    assert Post.objects.filter(kind="article", status="published").count() == 10
    assert Post.objects.filter(kind="topic").count() == 4
    assert User.objects.count() == people
    assert Clip.objects.count() == 4


def test_a_failure_half_way_leaves_nothing(monkeypatch):
    from content.seeding import sow

    def broken(self):
        raise RuntimeError("half way")

    monkeypatch.setattr(sow._Sower, "_write_votes", broken)
    with pytest.raises(RuntimeError):
        seed(3)
    assert not Post.objects.exists()
    assert not User.objects.exists()


def test_content_that_is_added_later_has_its_own_keys():
    seed(3)
    assert Tag.objects.create(name="new", slug="new-tag").pk


@pytest.mark.parametrize(
    "options",
    [
        {"posts": "many"},
        {"posts": "-1"},
        {"posts": "1000001"},
        {"posts": "٣"},
        {"comments": "501"},
        {"comments": "1.5"},
        {"seed": "x"},
        {"until": "yesterday"},
        {"append": True, "replace": True},
    ],
    ids=str,
)
def test_a_bad_option_is_one_line_and_changes_nothing(options):
    with pytest.raises(CommandError) as failure:
        call_command("seed", **options)
    assert "\n" not in str(failure.value)
    assert not User.objects.exists()


def test_without_a_corpus_it_says_what_brings_one(settings, tmp_path):
    from dataclasses import replace

    settings.LAB = replace(settings.LAB, corpus=str(tmp_path))
    with pytest.raises(CommandError, match="LAB_CORPUS"):
        seed()
