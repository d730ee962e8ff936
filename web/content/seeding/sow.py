"""The seed itself: everything the site is filled with, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from caching import invalidate_everything
from content.seeding.corpus import Corpus
from magazine.models import Block, Clip, Comment, Message, Photo, Post, Tag, User, Vote

from . import schedule, tables
from .blocks import ensure_blocks
from .bulk import filling
from .compose import Composer, Text
from .media import store_clips, store_photos
from .people import People, ensure_people

TOPICS = 40
TOPIC_COMMENTS = 12
DRAFTS = 5
MESSAGES = 12
MODELS = (User, Tag, Photo, Clip, Post, Post.tags.through, Comment, Vote, Message, Block)
# Where the rows are many. The site's own accounts may be there before.
FILLED = (Post, Post.tags.through, Comment, Vote)
POST = (
    *("id", "kind", "slug", "title", "standfirst", "body", "author_id", "photo_id", "status"),
    *("created_at", "published_at", "updated_at", "last_activity_at"),
)


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted. The same order on an empty database makes the same rows, but for the
    passwords' salts."""

    posts: int
    comments: int
    seed: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Planned:
    """A post that was written, as far as what hangs on it needs to know it."""

    pk: int
    begun: datetime
    tags: tuple[str, ...]
    mean_comments: float
    draft: bool = False


@dataclass(slots=True)
class Sown:
    posts: int = 0
    comments: int = 0
    votes: int = 0
    made: list[Planned] = field(default_factory=list)


def sow(order: Order, corpus: Corpus) -> Sown:
    """Adds what was ordered to what is there: all of it, or nothing."""
    with transaction.atomic():
        tables.lock(MODELS)
        with filling(FILLED):
            sown = _Sower(order, corpus).run()
        tables.finish(MODELS)
        invalidate_everything()
    return sown


class _Sower:
    def __init__(self, order: Order, corpus: Corpus) -> None:
        self._order = order
        self._compose = Composer(corpus, order.seed)
        self._corpus = corpus
        self._sown = Sown()

    def run(self) -> Sown:
        self._people = ensure_people()
        self._photos = store_photos(self._corpus, self._order.until)
        store_clips(self._corpus, self._order.until)
        ensure_blocks()
        self._write_posts()
        self._write_tags()
        self._write_comments()
        self._write_votes()
        if self._people.new:
            self._write_messages(self._people)
        return self._sown

    def _write_posts(self) -> None:
        order = self._order
        with_topics = not Post.objects.filter(kind=Post.Kind.TOPIC).exists()
        rows = self._posts(
            tables.next_id(Post),
            topics=min(TOPICS, order.posts) if with_topics else 0,
            drafts=DRAFTS if self._people.new else 0,
        )
        self._sown.posts = tables.insert(Post, POST, rows)

    def _posts(self, first: int, topics: int, drafts: int) -> Iterator[tables.Row]:
        pk, count = first, self._order.posts
        for index in range(count):
            text = self._compose.article(pk)
            yield self._post(pk, text, Post.Kind.ARTICLE, index, count, schedule.SPAN)
            pk += 1
        for index in range(topics):
            text = self._compose.topic(pk)
            yield self._post(pk, text, Post.Kind.TOPIC, index, topics, schedule.BOARD_SPAN)
            pk += 1
        for _ in range(drafts):
            yield self._draft(pk, self._compose.article(pk))
            pk += 1

    def _post(
        self, pk: int, text: Text, kind: Post.Kind, index: int, count: int, span: timedelta
    ) -> tables.Row:
        chance = self._compose.random("post", pk)
        begun = schedule.published(index, count, self._order.until, span, chance)
        article = kind is Post.Kind.ARTICLE
        mean = self._order.comments if article else min(TOPIC_COMMENTS, self._order.comments)
        planned = Planned(pk, begun, text.tags, mean)
        self._sown.made.append(planned)
        replies = self._thread(planned)
        last = replies[-1].when if replies else begun
        author = chance.choice(self._people.authors)
        # A third of the articles have a photograph.
        photo = chance.choice(self._photos) if article and chance.random() < 1 / 3 else None
        words = (text.slug, text.title, text.standfirst, text.body)
        return (pk, kind.value, *words, author, photo, "published", begun, begun, begun, last)

    def _draft(self, pk: int, text: Text) -> tables.Row:
        when = self._order.until - timedelta(hours=pk % 96)
        self._sown.made.append(Planned(pk, when, text.tags, 0, draft=True))
        words = (text.slug, text.title, text.standfirst, text.body)
        editor = self._people.accounts["editor"]
        return (pk, "article", *words, editor, None, "draft", when, None, when, when)

    def _thread(self, post: Planned) -> list[schedule.Reply]:
        chance = self._compose.random("thread", post.pk)
        people = len(self._people.everybody)
        return schedule.thread(post.mean_comments, post.begun, self._order.until, people, chance)

    def _write_tags(self) -> None:
        known = set(Tag.objects.values_list("slug", flat=True))
        Tag.objects.bulk_create(
            [Tag(name=word, slug=word) for word in self._corpus.tags if word not in known]
        )
        by_slug = dict(Tag.objects.values_list("slug", "pk"))
        rows = ((post.pk, by_slug[tag]) for post in self._sown.made for tag in post.tags)
        tables.insert(Post.tags.through, ("post_id", "tag_id"), rows)

    def _write_comments(self) -> None:
        columns = ("id", "post_id", "author_id", "parent_id", "body", "created_at")
        rows = self._comments(tables.next_id(Comment))
        self._sown.comments = tables.insert(Comment, columns, rows)

    def _comments(self, first: int) -> Iterator[tables.Row]:
        for post in self._sown.made:
            chance = self._compose.random("comments", post.pk)
            replies = self._thread(post)
            for place, reply in enumerate(replies):
                parent = None if reply.parent is None else first + reply.parent
                author = self._people.everybody[reply.author]
                body = self._compose.comment(chance)
                yield (first + place, post.pk, author, parent, body, reply.when)
            first += len(replies)

    def _write_votes(self) -> None:
        columns = ("user_id", "post_id", "value", "created_at")
        self._sown.votes = tables.insert(Vote, columns, self._votes())

    def _votes(self) -> Iterator[tables.Row]:
        everybody = self._people.everybody
        for post in self._sown.made:
            if post.draft:
                continue
            chance = self._compose.random("votes", post.pk)
            count = schedule.amount(schedule.VOTES, schedule.VOTES_SPREAD, chance)
            for voter in chance.sample(everybody, min(count, len(everybody))):
                value = -1 if chance.random() < 0.15 else 1
                yield (
                    voter,
                    post.pk,
                    value,
                    schedule.moment(post.begun, self._order.until, chance),
                )

    def _write_messages(self, people: People) -> None:
        """A few letters for everybody who can log in."""
        columns = ("sender_id", "recipient_id", "subject", "body", "created_at", "read_at")
        rows = []
        for name, recipient in people.accounts.items():
            chance = self._compose.random(f"messages:{name}", 0)
            for index in range(MESSAGES):
                entry = chance.choice(self._corpus.entries)
                when = self._order.until - timedelta(days=index, minutes=chance.randrange(900))
                read = when + timedelta(hours=2) if index > 2 else None
                sender = chance.choice(people.authors)
                subject = f"About “{entry.heading}”"[:140]
                rows.append((sender, recipient, subject, self._compose.comment(chance), when, read))
        tables.insert(Message, columns, rows)
