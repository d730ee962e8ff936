"""Rows in, HTML out: the pieces that pages are joined from. No query is made here.

Pieces that come by the dozen are rendered in one template with a loop, not by a template each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.template.loader import get_template
from django.utils.safestring import SafeString

from content.policies import clip_url, poster_url, thumbnail_url

from .models import Clip, Photo, Post, User

CARD_WIDTH = 640
TILE_WIDTH = 320
HERO_WIDTHS = (640, 1280)
# Deeper replies are indented like this one, or a phone would show a column of syllables.
DEEPEST = 4


def rendered(name: str, **context: Any) -> SafeString:
    return SafeString(get_template(f"magazine/fragments/{name}.html").render(context))


def day(moment: datetime | None) -> str:
    return f"{moment.day} {moment:%B %Y}" if moment else ""


def minute(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y, %H:%M}"


def hero(photo: Photo | None) -> dict[str, Any] | None:
    """Addresses and size of a large picture."""
    if photo is None:
        return None
    small, large = HERO_WIDTHS
    urls = thumbnail_url.many([(photo.sha256, width) for width in HERO_WIDTHS])
    return {
        "id": photo.pk,
        "title": photo.title,
        "credit": photo.credit,
        "licence": photo.licence,
        "small": urls[photo.sha256, small],
        "large": urls[photo.sha256, large],
        "small_width": small,
        "large_width": large,
        "width": photo.width,
        "height": photo.height,
    }


def post_html(post: Post, body: str, minutes: int) -> SafeString:
    return rendered(
        "post", post=post, body=body, minutes=minutes, photo=hero(post.photo),
        tags=post.tags.all(), day=day(post.published_at),
    )  # fmt: skip


def card_html(posts: Sequence[Post]) -> dict[str, str]:
    wanted = [(post.photo.sha256, CARD_WIDTH) for post in posts if post.photo]
    thumbnails = thumbnail_url.many(wanted)
    return {
        post.slug: rendered(
            "card",
            post=post,
            tags=post.tags.all(),
            day=day(post.published_at),
            thumbnail=thumbnails[post.photo.sha256, CARD_WIDTH] if post.photo else "",
        )
        for post in posts
    }


def topic_html(topic: Post) -> SafeString:
    return rendered("topic", topic=topic, day=day(topic.published_at))


def thread_html(
    slug: str, comments: Sequence[Mapping[str, Any]], bodies: Mapping[str, str]
) -> SafeString:
    names = {comment["id"]: name_of(comment) for comment in comments}
    rows = [
        {
            "id": comment["id"],
            "depth": depth,
            "name": names[comment["id"]],
            "username": comment["author__username"],
            "to": comment["parent_id"],
            "to_name": names.get(comment["parent_id"], ""),
            "iso": comment["created_at"].isoformat(),
            "minute": minute(comment["created_at"]),
            "body": bodies[comment["body"]],
        }
        for comment, depth in threaded(comments)
    ]
    return rendered("thread", slug=slug, comments=rows)


def name_of(comment: Mapping[str, Any]) -> str:
    return str(comment["author__display_name"] or comment["author__username"])


def threaded(
    comments: Iterable[Mapping[str, Any]],
) -> Iterable[tuple[Mapping[str, Any], int]]:
    """Comments in reading order, each with its depth: a reply after what it answers.

    comments: in the order of time. Iterative, so that no depth of replies is too deep.
    """
    replies: defaultdict[int | None, list[Mapping[str, Any]]] = defaultdict(list)
    for comment in comments:
        replies[comment["parent_id"]].append(comment)
    waiting = [(comment, 0) for comment in reversed(replies[None])]
    while waiting:
        comment, depth = waiting.pop()
        yield comment, min(depth, DEEPEST)
        waiting += [(reply, depth + 1) for reply in reversed(replies[comment["id"]])]


def sidebar_html(cloud: Sequence[Mapping[str, Any]]) -> SafeString:
    """Tags in four sizes, by how often they are used."""
    most = max((tag["posts_count"] for tag in cloud), default=1)
    sized = [{**tag, "size": 1 + 3 * tag["posts_count"] // most} for tag in cloud]
    return rendered("sidebar", cloud=sized)


def person_html(person: User, bio: str) -> SafeString:
    return rendered("person", person=person, bio=bio, day=day(person.date_joined))


def photo_tile_html(photos: Sequence[Photo]) -> SafeString:
    urls = thumbnail_url.many([(photo.sha256, TILE_WIDTH) for photo in photos])
    return rendered(
        "photo_tiles", photos=[(photo, urls[photo.sha256, TILE_WIDTH]) for photo in photos]
    )


def photo_html(photo: Photo, posts: Iterable[Mapping[str, Any]]) -> SafeString:
    return rendered(
        "photo", photo=hero(photo), uploader=photo.uploader, posts=posts, day=day(photo.created_at)
    )


def clip_tile_html(clips: Sequence[Clip]) -> SafeString:
    posters = poster_url.many([clip.pk for clip in clips])
    return rendered("clip_tiles", clips=[(clip, posters[clip.pk]) for clip in clips])


def clip_html(clip: Clip) -> SafeString:
    return rendered(
        "clip", clip=clip, url=clip_url(clip.pk), poster=poster_url(clip.pk),
        day=day(clip.created_at),
    )  # fmt: skip
