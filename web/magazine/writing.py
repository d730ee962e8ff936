"""Writes of the site, each in one transaction: all of it is there afterwards, or none."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from .models import Comment, Post, Tag, User, Vote

SLUG_LENGTH = 70


def free_slug(title: str) -> str:
    """An address for a title; with a number where others have the same."""
    wanted = slugify(title)[:SLUG_LENGTH].strip("-") or "post"
    taken = set(Post.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    slug, number = wanted, 2
    while slug in taken:
        slug, number = f"{wanted}-{number}", number + 1
    return slug


@transaction.atomic
def save_post(post: Post, tag_names: list[str] | None = None) -> Post:
    """A new or changed post. tag_names: all its tags by name; None leaves them."""
    post.updated_at = timezone.now()
    if not post.slug:
        post.slug = free_slug(post.title)
    post.save()
    if tag_names is not None:
        post.tags.set(named_tags(tag_names))
    return post


def named_tags(names: list[str]) -> list[Tag]:
    return [
        Tag.objects.get_or_create(slug=slugify(name)[:50], defaults={"name": name})[0]
        for name in names
    ]


def publish(post: Post) -> None:
    """Marks it; a post that comes back keeps its first date."""
    post.status = Post.Status.PUBLISHED
    post.published_at = post.published_at or timezone.now()
    post.last_activity_at = max(post.last_activity_at, post.published_at)


@transaction.atomic
def add_comment(post: Post, author: User, body: str, parent: Comment | None) -> Comment:
    comment = Comment.objects.create(post=post, author=author, body=body, parent=parent)
    Post.objects.filter(pk=post.pk).update(last_activity_at=comment.created_at)
    return comment


@transaction.atomic
def vote(user: User, post: Post, value: int) -> None:
    """value: 1 or -1; 0 takes the vote back."""
    if value == 0:
        Vote.objects.filter(user=user, post=post).delete()
    else:
        Vote.objects.update_or_create(user=user, post=post, defaults={"value": value})
