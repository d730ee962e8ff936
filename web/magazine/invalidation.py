"""Which rows make what untrue. Hung on the models' signals, so that the admin and management
commands are covered like the views are.

Bulk writes send no signals: who makes them calls `caching.invalidate_everything()`.
Deletions are seen before they happen, while what hangs on the row can still be read; the tags
take effect when the transaction commits.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Model, signals

from caching import invalidate

from . import tags
from .models import Block, Clip, Comment, Photo, Post, Tag, User, Vote

# What listings, cards, the feed and the addresses show of a post.
LISTED = (
    *("kind", "slug", "title", "standfirst", "status", "published_at", "author_id", "photo_id"),
)
NAMED = {User: ("username", "display_name", "is_active"), Tag: ("name", "slug")}
OWN_WORDS = ("bio",)


def connect() -> None:
    """Called once, when the app is ready."""
    for watched in (Post, User, Tag, Comment, Vote, Block):
        signals.pre_save.connect(remember, sender=watched, dispatch_uid=f"remember {watched}")
    handlers: dict[type[Model], Any] = {
        Post: post_changed,
        Comment: comment_changed,
        Vote: vote_changed,
        User: user_changed,
        Tag: tag_changed,
        Photo: photo_changed,
        Clip: clip_changed,
        Block: block_changed,
    }
    for model, handler in handlers.items():
        signals.post_save.connect(handler, sender=model, dispatch_uid=f"saved {model}")
        signals.pre_delete.connect(handler, sender=model, dispatch_uid=f"deleted {model}")
    signals.m2m_changed.connect(tagged, sender=Post.tags.through, dispatch_uid="tagged")


def remember(sender: type[Model], instance: Any, **_: object) -> None:
    """Keeps the row as it was, for whoever is told of the change. In a transaction nobody else can
    change it from here on: else what another makes public meanwhile, this would take back untold."""
    rows = sender._default_manager.filter(pk=instance.pk)
    if connection.in_atomic_block:
        rows = rows.select_for_update()
    instance.row_before = rows.first()


def before(instance: Any) -> Any:
    return getattr(instance, "row_before", None)


def rows_of(instance: Any) -> list[Any]:
    """The row as it was, where there was one, and as it is."""
    return [row for row in (before(instance), instance) if row is not None]


def differs(instance: Any, fields: Iterable[str]) -> bool:
    """Whether a saved row is new or has changed in one of the fields."""
    old = before(instance)
    return old is None or any(getattr(old, name) != getattr(instance, name) for name in fields)


def post_changed(instance: Post, created: bool | None = None, **_: object) -> None:
    """created is None when the row is about to be deleted."""
    rows = [row for row in rows_of(instance) if row.is_public]
    if not rows:
        return  # a draft is in no cache
    dead = {tags.UPDATES, *(tags.post(row.slug) for row in rows)}
    if created is None or differs(instance, ("slug",)):
        # Another post may get this address, and must not inherit what hangs on it.
        dead |= {tag(row.slug) for row in rows for tag in (tags.comments, tags.votes)}
    if created is None or differs(instance, LISTED):
        if carried := {tags.tag(tag.slug) for tag in instance.tags.all()}:
            dead |= carried | {tags.TAGGED}
        for row in rows:
            dead |= {tags.author(row.author.username), tags.standing(row.author.username)}
            dead |= {tags.POSTS} if row.kind == Post.Kind.ARTICLE else {tags.TOPICS}
    if any(row.kind == Post.Kind.TOPIC for row in rows):
        dead.add(tags.BOARD)
    invalidate(*dead)


def tagged(
    action: str, instance: Post | Tag, reverse: bool, pk_set: set[int] | None, **_: object
) -> None:
    """Tags were put on a post, or taken off; `reverse`: posts were put under a tag."""
    if action not in ("post_add", "post_remove", "pre_clear"):
        return
    if isinstance(instance, Tag):
        posts = instance.posts.all() if pk_set is None else Post.objects.filter(pk__in=pk_set)
        changed = [instance]
    else:
        posts = Post.objects.filter(pk=instance.pk)
        changed = list(instance.tags.all() if pk_set is None else Tag.objects.filter(pk__in=pk_set))
    slugs = posts.filter(status=Post.Status.PUBLISHED).values_list("slug", flat=True)
    if slugs:
        invalidate(
            tags.POSTS,
            tags.TAGGED,
            tags.UPDATES,
            *(tags.post(slug) for slug in slugs),
            *(tags.tag(tag.slug) for tag in changed),
        )


def comment_changed(instance: Comment, **_: object) -> None:
    dead = set()
    for row in rows_of(instance):  # the admin can move it to another post, or another author
        dead |= {tags.comments(row.post.slug), tags.standing(row.author.username)}
        if row.post.kind == Post.Kind.TOPIC:
            dead.add(tags.BOARD)
    invalidate(*dead)


def vote_changed(instance: Vote, **_: object) -> None:
    dead = set()
    for row in rows_of(instance):
        dead |= {tags.votes(row.post.slug), tags.standing(row.post.author.username)}
    invalidate(*dead)


def user_changed(instance: User, created: bool | None = None, **_: object) -> None:
    if created:
        return  # nobody's page shows them yet
    rows = rows_of(instance)
    dead = {tags.author(row.username) for row in rows}
    if created is None or differs(instance, NAMED[User]):
        invalidate(tags.NAMES, *dead, *(tags.standing(row.username) for row in rows))
    elif differs(instance, OWN_WORDS):
        invalidate(*dead)


def tag_changed(instance: Tag, created: bool | None = None, **_: object) -> None:
    if created:
        return  # no post carries it yet
    rows = rows_of(instance)
    dead = {tags.tag(row.slug) for row in rows}
    if created is None:
        invalidate(tags.NAMES, tags.POSTS, tags.TAGGED, *dead)
    elif differs(instance, NAMED[Tag]):
        invalidate(tags.NAMES, *dead)


def photo_changed(instance: Photo, created: bool | None = None, **_: object) -> None:
    if created:
        invalidate(tags.PHOTOS)  # no post shows it yet
    else:
        invalidate(tags.PHOTOS, tags.photo(instance.pk), tags.NAMES)


def clip_changed(instance: Clip, **_: object) -> None:
    invalidate(tags.CLIPS, tags.clip(instance.pk))


def block_changed(instance: Block, created: bool | None = None, **_: object) -> None:
    if created is None or differs(instance, ("name", "source")):
        invalidate(*(tags.block(row.name) for row in rows_of(instance)))
