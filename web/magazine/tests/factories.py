"""Rows for tests: each with what the test says, and something plausible for the rest."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from PIL import Image

from content.media import store_photo
from magazine.models import Block, Clip, Comment, Photo, Post, Tag, User

START = datetime(2024, 3, 1, 12, tzinfo=UTC)
numbers = count(1)


def moment(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def person(username: str = "", **fields: Any) -> User:
    name = username or f"person-{next(numbers)}"
    return User.objects.create(username=name, **{"display_name": name.title(), **fields})


def tag(name: str) -> Tag:
    return Tag.objects.get_or_create(slug=name.lower(), defaults={"name": name})[0]


def article(title: str = "", tags: list[str] | None = None, **fields: Any) -> Post:
    """Published unless said otherwise; each one a minute newer than the last."""
    number = next(numbers)
    when = moment(number)
    given = {
        "slug": f"article-{number}",
        "title": title or f"Article {number}",
        "standfirst": f"What article {number} is about.",
        "body": f"The *body* of article {number}.",
        "status": Post.Status.PUBLISHED,
        "published_at": when,
        "last_activity_at": when,
        **fields,
    }
    given.setdefault("author", None)
    post = Post.objects.create(**{**given, "author": given["author"] or person()})
    post.tags.set([tag(name) for name in tags or []])
    return post


def topic(title: str = "", **fields: Any) -> Post:
    return article(title, kind=Post.Kind.TOPIC, **fields)


def draft(title: str = "", **fields: Any) -> Post:
    return article(title, status=Post.Status.DRAFT, published_at=None, **fields)


def comment(post: Post, body: str = "Well said.", **fields: Any) -> Comment:
    fields.setdefault("author", None)
    author = fields.pop("author") or person()
    return Comment.objects.create(
        post=post, body=body, author=author, created_at=moment(next(numbers)), **fields
    )


def picture(width: int = 60, height: int = 40, format: str = "PNG") -> io.BytesIO:  # noqa: A002
    """A file that is an image; no two of them are the same."""
    number = next(numbers)
    colour = (number % 256, number // 256 % 256, 90)
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(file, format)
    file.seek(0)
    return file


def photo(title: str = "A lighthouse", **fields: Any) -> Photo:
    return store_photo(picture(), title=title, **fields)


def clip(title: str = "Waves") -> Clip:
    return Clip.objects.create(
        title=title,
        source_key="videos/none.webm",
        source_sha256="0" * 64,
        start=0,
        duration=2,
        width=320,
        height=180,
    )


def block(name: str, source: str) -> Block:
    return Block.objects.update_or_create(name=name, defaults={"source": source})[0]


def blocks() -> None:
    """Something in every place, of all kinds of values."""
    block("masthead-notice", "<p>Notice of {{ site }}</p>")
    block("front-intro", "{{ articles }}{% for tag in tags %} {{ tag.name }}{% endfor %}")
    block(
        "post-footer",
        "{{ author }}, {{ comments }}{% for tag in tags %} {{ tag.slug }}{% endfor %}",
    )
