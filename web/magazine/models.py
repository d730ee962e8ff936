"""The durable truth of the site. Nothing here counts, caches or compiles: policies.py does, and
the properties that cost (`Post.related`, `User.standing`) read through it.

Counts and sums are computed from the rows (grouped queries), not kept beside them: keeping
them is the upstream cache's work, and a copy in the database could drift from the truth.
"""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from .blocks.language import SOURCE_LENGTH
from .blocks.places import SAMPLES, problem

TITLE_LENGTH = 140
BODY_LENGTH = 100_000
COMMENT_LENGTH = 10_000


class User(AbstractUser):
    """A person who reads, writes, comments or edits."""

    display_name = models.CharField(max_length=80, blank=True)
    bio = models.TextField(max_length=1_000, blank=True)

    @property
    def name(self) -> str:
        """What the pages call the person."""
        return self.display_name or self.username

    @property
    def standing(self) -> dict[str, int]:
        """What others made of the person's writing: "posts", "comments", "points"."""
        from . import policies  # which read the models

        return policies.author_standing(self.username)

    def get_absolute_url(self) -> str:
        return f"/authors/{self.username}/"


class Tag(models.Model):
    name = models.CharField(max_length=50)
    slug = models.SlugField(max_length=50, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/tags/{self.slug}/"


class Photo(models.Model):
    """A photograph in the bucket; `key` is the object's name, made of the hash of its bytes."""

    title = models.CharField(max_length=TITLE_LENGTH)
    credit = models.CharField(max_length=200, blank=True)
    licence = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, unique=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    key = models.CharField(max_length=200)
    uploader = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="photos"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="photo_newest"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"/photos/{self.pk}/"


class Clip(models.Model):
    """A piece of a video: `duration` seconds of the source from `start` seconds on."""

    title = models.CharField(max_length=TITLE_LENGTH)
    credit = models.CharField(max_length=200, blank=True)
    licence = models.CharField(max_length=200, blank=True)
    source_key = models.CharField(max_length=200)
    source_sha256 = models.CharField(max_length=64)
    start = models.FloatField()
    duration = models.FloatField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="clip_newest"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"/clips/{self.pk}/"


class Post(models.Model):
    """An article of the magazine, or a topic of the message board."""

    class Kind(models.TextChoices):
        ARTICLE = "article", "Article"
        TOPIC = "topic", "Topic"

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"

    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.ARTICLE)
    slug = models.SlugField(max_length=160, unique=True)
    title = models.CharField(max_length=TITLE_LENGTH)
    standfirst = models.CharField(
        max_length=300, blank=True, help_text="One or two sentences under the title."
    )
    body = models.TextField(max_length=BODY_LENGTH, help_text="Markdown.")
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="posts")
    tags = models.ManyToManyField(Tag, blank=True, related_name="posts")
    photo = models.ForeignKey(
        Photo, null=True, blank=True, on_delete=models.SET_NULL, related_name="posts"
    )
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.DRAFT)
    created_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)
    last_activity_at = models.DateTimeField(default=timezone.now)

    class Meta:
        # One index per listing, in the order and with the condition of its query, so that
        # a page deep in the archive costs what the first one costs.
        indexes = [
            models.Index(
                "kind",
                F("published_at").desc(),
                F("id").desc(),
                condition=Q(status="published"),
                name="post_newest",
            ),
            models.Index(
                "kind",
                F("last_activity_at").desc(),
                F("id").desc(),
                condition=Q(status="published"),
                name="post_liveliest",
            ),
            models.Index(
                "author",
                F("published_at").desc(),
                F("id").desc(),
                condition=Q(status="published"),
                name="post_of_author",
            ),
            models.Index("author", F("updated_at").desc(), name="post_of_writer"),
            models.Index(F("updated_at").desc(), condition=Q(status="draft"), name="post_drafts"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="draft") | Q(published_at__isnull=False),
                name="post_published_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"/posts/{self.slug}/"

    @property
    def is_public(self) -> bool:
        return self.status == self.Status.PUBLISHED

    @property
    def related(self) -> list[dict[str, str]]:
        """Articles that share its tags, as {"slug", "title"}.

        A draft's are computed each time: what is for its writer and the editors enters no cache,
        and no change of a draft invalidates anything.
        """
        from . import policies  # which read the models

        related = policies.related_posts
        return related(self.slug) if self.is_public else related.compute(self.slug)

    @property
    def reading_minutes(self) -> int:
        """Whole minutes that an adult reads it. Needs the body: don't ask where it is deferred."""
        from . import policies  # which read the models

        return policies.reading_minutes(self.body)


class Comment(models.Model):
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="comments")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="replies"
    )
    body = models.TextField(max_length=COMMENT_LENGTH)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["post", "created_at", "id"], name="comment_of_post"),
            models.Index(fields=["-created_at"], name="comment_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.author_id} on {self.post_id}"

    def get_absolute_url(self) -> str:
        return f"{self.post.get_absolute_url()}#comment-{self.pk}"


class Vote(models.Model):
    """One person's opinion of one post. Durable: a cache may count it, never be its only home."""

    class Value(models.IntegerChoices):
        UP = 1, "Up"
        DOWN = -1, "Down"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="votes")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="votes")
    value = models.SmallIntegerField(choices=Value.choices)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            # Covers the tally (SUM of value by post) without reading the table.
            models.Index(fields=["post", "value"], name="vote_of_post"),
            models.Index(fields=["-created_at"], name="vote_newest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "post"], name="vote_once"),
            models.CheckConstraint(condition=Q(value__in=[-1, 1]), name="vote_is_up_or_down"),
        ]

    def __str__(self) -> str:
        return f"{self.value:+d} by {self.user_id} on {self.post_id}"


class Message(models.Model):
    """A private message. Belongs to two people: it is never cached."""

    sender = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sent")
    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="received")
    subject = models.CharField(max_length=TITLE_LENGTH)
    body = models.TextField(max_length=COMMENT_LENGTH)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["recipient", "-created_at", "-id"], name="message_received"),
            models.Index(fields=["sender", "-created_at", "-id"], name="message_sent"),
            models.Index(
                fields=["recipient"], condition=Q(read_at__isnull=True), name="message_unread"
            ),
        ]

    def __str__(self) -> str:
        # The admin's headings and its log show this: what two people write is not for them.
        return f"Message {self.pk}"

    def get_absolute_url(self) -> str:
        return f"/inbox/{self.pk}/"


class Block(models.Model):
    """An editors' template: a piece of Jinja2's source and the place where it shows (blocks/)."""

    class Place(models.TextChoices):
        MASTHEAD_NOTICE = "masthead-notice", "Notice under the masthead"
        FRONT_INTRO = "front-intro", "Introduction of the front page"
        POST_FOOTER = "post-footer", "Under each post"

    name = models.SlugField(
        "place", choices=Place.choices, unique=True, help_text="Each has room for one block."
    )
    source = models.TextField(max_length=SOURCE_LENGTH)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.get_name_display()

    def clean(self) -> None:
        """Refuses what would not show. Without a known place there is nothing to try it with."""
        wrong = problem(self.name, self.source) if self.name in SAMPLES else ""
        if wrong:
            raise ValidationError({"source": f"{wrong}."})
