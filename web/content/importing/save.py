"""Items become posts: all of an import, or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from caching import invalidate_everything
from magazine.models import BODY_LENGTH, COMMENT_LENGTH, TITLE_LENGTH, Comment, Post, Tag, User

from .items import BadImport, Item, Reply
from .markdown import markdown

BATCH = 100


@dataclass(slots=True)
class Outcome:
    posts: int = 0
    comments: int = 0
    known: int = 0


def save(items: Iterable[Item], source: str) -> Outcome:
    """Adds the items that aren't there yet. `source` ("feed", "wp") sets their authors apart from
    the site's own accounts: an export can't write in the name of the site's `admin`.
    """
    outcome = Outcome()
    with transaction.atomic():
        importer = _Importer(source, outcome)
        for batch in _batches(items):
            importer.add(batch)
        if outcome.posts:
            invalidate_everything()
    return outcome


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _slug(item: Item) -> str:
    """The title for readers; the hash of the identity knows the post when it comes again."""
    digest = hashlib.sha256(item.identity.encode()).hexdigest()[:10]
    return f"{slugify(item.title)[:120] or 'post'}-{digest}"


def _body(html: str, longest: int, what: str) -> str:
    body = markdown(html)
    if len(body) > longest:
        raise BadImport(
            f"{what}: its text has more than {longest:,} characters; shorten or remove it"
        )
    return body


class _Importer:
    def __init__(self, source: str, outcome: Outcome) -> None:
        self._source = source
        self._outcome = outcome
        self._users: dict[str, User] = {}
        self._tags: dict[str, Tag] = {}

    def add(self, batch: list[Item]) -> None:
        by_slug = {_slug(item): item for item in batch}
        known = set(Post.objects.filter(slug__in=by_slug).values_list("slug", flat=True))
        # A post that comes twice in one file is one post.
        self._outcome.known += len(batch) - len(by_slug) + len(known)
        for slug, item in by_slug.items():
            if slug not in known:
                self._add(slug, item)

    def _add(self, slug: str, item: Item) -> None:
        when = item.published or timezone.now()
        replies = sorted(item.replies, key=lambda reply: reply.number)
        post = Post.objects.create(
            kind=Post.Kind.ARTICLE,
            slug=slug,
            title=_cut(item.title, TITLE_LENGTH),
            standfirst=item.summary,
            body=_body(item.html, BODY_LENGTH, f"“{item.title}”"),
            author=self._user(item.author),
            status=Post.Status.DRAFT if item.draft else Post.Status.PUBLISHED,
            created_at=when,
            published_at=None if item.draft else when,
            updated_at=when,
            last_activity_at=max([when, *(reply.written for reply in replies if reply.written)]),
        )
        post.tags.set([self._tag(name) for name in item.tags])
        self._comment(post, replies)
        self._outcome.posts += 1
        self._outcome.comments += len(replies)

    def _comment(self, post: Post, replies: list[Reply]) -> None:
        comments = Comment.objects.bulk_create(
            Comment(
                post=post,
                author=self._user(reply.author),
                body=_body(reply.html, COMMENT_LENGTH, f"a comment on “{post.title}”"),
                created_at=reply.written or post.created_at,
            )
            for reply in replies
        )
        by_number: dict[int, Comment] = {}
        answers = []
        for reply, comment in zip(replies, comments, strict=True):
            # Only what was written before can be answered, so a thread has no circle.
            if reply.parent in by_number:
                comment.parent = by_number[reply.parent]
                answers.append(comment)
            by_number[reply.number] = comment
        Comment.objects.bulk_update(answers, ["parent"])

    def _user(self, name: str) -> User:
        shown = _cut(name, 80) or "Somebody"
        username = f"{self._source}-{slugify(shown)[:100] or 'somebody'}"
        if username not in self._users:
            user, _ = User.objects.get_or_create(
                username=username, defaults={"display_name": shown, "password": make_password(None)}
            )
            self._users[username] = user
        return self._users[username]

    def _tag(self, name: str) -> Tag:
        slug = slugify(name)[:50] or hashlib.sha256(name.encode()).hexdigest()[:12]
        if slug not in self._tags:
            self._tags[slug], _ = Tag.objects.get_or_create(
                slug=slug, defaults={"name": _cut(name, 50)}
            )
        return self._tags[slug]


def _cut(words: str, longest: int) -> str:
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"
