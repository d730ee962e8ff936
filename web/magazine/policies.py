"""Everything of the site that is kept, each in the seed's words: properties, compiled things,
fragments, aggregates. Generated and syndicated things are in content/policies.py.

A policy reads the database itself and takes nothing from its caller but its key: what was read
before the stamps of its tags must never be kept under them. Only the work behind a list is
shared: where a page asks for many, the bulk computer answers with a constant number of queries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import chain
from typing import Any, cast

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.db.models.functions import TruncMonth
from django.http import Http404
from django.utils.safestring import SafeString

from caching import Audience, Dies, Use, load, policy

from . import keyset, tags
from .fragments import (
    card_html,
    clip_html,
    clip_tile_html,
    minute,
    person_html,
    photo_html,
    photo_tile_html,
    post_html,
    sidebar_html,
    thread_html,
    topic_html,
)
from .markdown import compile_markdown
from .models import Clip, Comment, Message, Photo, Post, Tag, User, Vote

PAGE = 20
TOPICS_PAGE = 30
TILES = 24
RELATED = 5
CLOUD = 40
FEED = 30
# Trending looks at this many of the newest comments and votes, so that a quiet site has news too.
RECENT = 1_000
TRENDING = 20
WORDS_PER_MINUTE = 230

Listing = dict[str, Any]
"""{"slugs": [...], "older": the cursor of the next page or ""}"""

published = Post.objects.filter(status=Post.Status.PUBLISHED)
articles = published.filter(kind=Post.Kind.ARTICLE)
topics = published.filter(kind=Post.Kind.TOPIC)


# Properties: what costs to know about one thing


@policy(use=Use.PROPERTIES, dies=Dies.NEVER)
def reading_minutes(source: str) -> int:
    """Whole minutes that an adult reads this text, at least one."""
    return max(1, round(len(source.split()) / WORDS_PER_MINUTE))


@policy(use=Use.PROPERTIES, tags=lambda slug: [tags.post(slug), tags.TAGGED])
def related_posts(slug: str) -> list[dict[str, str]]:
    """The articles that share most tags with this post, newest first among equals."""
    shared = Tag.objects.filter(posts__slug=slug)
    others = (
        articles.filter(tags__in=shared)
        .exclude(slug=slug)
        .annotate(shared=Count("id"))
        .order_by("-shared", "-published_at", "-id")
    )
    return [{"slug": other, "title": title} for other, title in pairs(others)]


@policy(use=Use.PROPERTIES, tags=lambda username: [tags.standing(username)])
def author_standing(username: str) -> dict[str, int]:
    """What others made of the person's writing: posts and comments written, points received."""
    return {
        "posts": published.filter(author__username=username).count(),
        "comments": Comment.objects.filter(author__username=username).count(),
        "points": Vote.objects.filter(post__author__username=username).aggregate(
            points=Sum("value", default=0)
        )["points"],
    }


# Compiled things: the key is the source


@policy(use=Use.COMPILED, dies=Dies.NEVER)
def compiled(source: str) -> str:
    """Markdown as safe HTML."""
    return compile_markdown(source)


# Fragments: pieces of HTML, and which pieces a list is made of


def whole_post(post: Post) -> SafeString:
    """The article as HTML; what its text is made into comes in one round trip."""
    made = load(body=compiled.of(post.body), minutes=reading_minutes.of(post.body))
    return post_html(post, made.body, made.minutes)


@policy(use=Use.FRAGMENTS, tags=lambda slug: [tags.post(slug), tags.NAMES])
def post_page(slug: str) -> dict[str, Any]:
    """The article itself. Raises Http404, which keeps made-up addresses out of the cache."""
    post = (
        published.filter(slug=slug)
        .select_related("author", "photo")
        .prefetch_related("tags")
        .first()
    )
    if post is None:
        raise Http404
    return {
        "id": post.pk,
        "slug": post.slug,
        "title": post.title,
        "description": post.standfirst,
        "kind": post.kind,
        "author": post.author.username,
        # A list holds plain text, so the mark that says "safe" is put on by the template.
        "html": whole_post(post) + "",
    }


@policy(use=Use.FRAGMENTS, tags=lambda slug: [tags.comments(slug), tags.NAMES])
def comment_thread(slug: str) -> str:
    """All comments on a post, as HTML in reading order."""
    comments = list(
        Comment.objects.filter(post__slug=slug)
        .order_by("created_at", "id")
        .values("id", "parent_id", "body", "created_at", "author__username", "author__display_name")
    )
    return thread_html(slug, comments, compiled.many([comment["body"] for comment in comments]))


@policy(use=Use.FRAGMENTS, tags=lambda slug: [tags.post(slug), tags.NAMES])
def post_card(slug: str) -> str:
    """A post as it stands in lists, as HTML; "" for what is no longer public."""
    return str(cards_of([slug])[slug])


@post_card.bulk
def cards_of(slugs: list[str]) -> dict[str, str]:
    """Cards by slug; "" for what is no longer public."""
    posts = (
        published.filter(slug__in=slugs)
        .select_related("author", "photo")
        .prefetch_related("tags")
        .defer("body", "author__bio", "author__password")
    )
    return dict.fromkeys(slugs, "") | card_html(list(posts))


@policy(use=Use.FRAGMENTS, tags=lambda slug: [tags.post(slug), tags.NAMES])
def topic_row(slug: str) -> str:
    """A topic as it stands in the list of the board, as HTML."""
    return str(topics_of([slug])[slug])


@topic_row.bulk
def topics_of(slugs: list[str]) -> dict[str, str]:
    rows = (
        topics.filter(slug__in=slugs)
        .select_related("author")
        .only("slug", "title", "published_at", "author__username", "author__display_name")
    )
    return dict.fromkeys(slugs, "") | {topic.slug: topic_html(topic) for topic in rows}


@policy(use=Use.FRAGMENTS, tags=lambda: [tags.TAGGED, tags.NAMES])
def sidebar() -> str:
    """The tag cloud beside the pages, as HTML."""
    return sidebar_html(tag_cloud())


@policy(use=Use.FRAGMENTS, tags=lambda username: [tags.author(username), tags.NAMES])
def author_intro(username: str) -> dict[str, str]:
    """Who a person says to be. Raises Http404."""
    person = User.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise Http404
    return {"name": person.name, "html": person_html(person, compiled(person.bio)) + ""}


@policy(use=Use.FRAGMENTS, tags=lambda before: [tags.POSTS])
def front_list(before: str) -> Listing:
    """Which articles are on the front page, from a cursor on."""
    return slugs_of(articles, before)


@policy(use=Use.FRAGMENTS, tags=lambda slug, before: [tags.tag(slug), tags.NAMES])
def tag_list(slug: str, before: str) -> Listing:
    """Which posts carry a tag, from a cursor on. Raises Http404, also for a tag that only drafts
    carry: its name is part of what they say."""
    carried = Exists(published.filter(tags=OuterRef("pk")))
    tag = Tag.objects.filter(carried, slug=slug).first()
    if tag is None:
        raise Http404
    return {"name": tag.name, **slugs_of(published.filter(tags=tag), before)}


@policy(use=Use.FRAGMENTS, tags=lambda username, before: [tags.author(username)])
def author_list(username: str, before: str) -> Listing:
    """Which posts are by a person, from a cursor on."""
    return slugs_of(published.filter(author__username=username), before)


@policy(use=Use.FRAGMENTS, tags=lambda year, month, before: [tags.POSTS])
def month_list(year: int, month: int, before: str) -> Listing:
    """Which articles are of a month, from a cursor on."""
    first = datetime(year, month, 1, tzinfo=UTC)
    after = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return slugs_of(articles.filter(published_at__gte=first, published_at__lt=after), before)


# An always-fresh message board, whatever the site's default is.
@policy(use=Use.FRAGMENTS, dies=Dies.INVALIDATION, tags=lambda before: [tags.BOARD])
def board_list(before: str) -> Listing:
    """Topics by their last activity; "active" is that moment, as (ISO 8601, as it is shown)."""
    rows, older = keyset.page(
        topics.values("slug", "last_activity_at", "id"), "last_activity_at", before, TOPICS_PAGE
    )
    return {
        "slugs": [row["slug"] for row in rows],
        "active": [
            (row["last_activity_at"].isoformat(), minute(row["last_activity_at"])) for row in rows
        ],
        "older": older,
    }


@policy(use=Use.FRAGMENTS, tags=lambda: [tags.POSTS, tags.NAMES, tags.UPDATES])
def feed_entries() -> list[dict[str, Any]]:
    """What the Atom feed says of the newest articles."""
    newest = articles.select_related("author").prefetch_related("tags")
    return [
        {
            "slug": post.slug,
            "title": post.title,
            "summary": post.standfirst,
            "author": post.author.name,
            "tags": [tag.name for tag in post.tags.all()],
            "published": post.published_at.isoformat() if post.published_at else "",
            "updated": post.updated_at.isoformat(),
        }
        for post in newest.defer("body").order_by("-published_at", "-id")[:FEED]
    ]


@policy(use=Use.FRAGMENTS, tags=lambda before: [tags.PHOTOS])
def photo_tiles(before: str) -> dict[str, str]:
    """A page of the photographs, as HTML."""
    photos, older = keyset.page(Photo.objects.all(), "created_at", before, TILES)
    return {"html": photo_tile_html(photos) + "", "older": older}


@policy(use=Use.FRAGMENTS, tags=lambda photo_id: [tags.photo(photo_id), tags.NAMES, tags.POSTS])
def photo_page(photo_id: int) -> dict[str, str]:
    """A photograph with the articles that show it. Raises Http404."""
    photo = Photo.objects.filter(pk=photo_id).select_related("uploader").first()
    if photo is None:
        raise Http404
    uses = articles.filter(photo=photo).order_by("-published_at", "-id")
    shown = [{"slug": slug, "title": title} for slug, title in pairs(uses)]
    return {"title": photo.title, "html": photo_html(photo, shown) + ""}


@policy(use=Use.FRAGMENTS, tags=lambda before: [tags.CLIPS])
def clip_tiles(before: str) -> dict[str, str]:
    """A page of the clips, as HTML."""
    clips, older = keyset.page(Clip.objects.all(), "created_at", before, TILES)
    return {"html": clip_tile_html(clips) + "", "older": older}


@policy(use=Use.FRAGMENTS, tags=lambda clip_id: [tags.clip(clip_id)])
def clip_page(clip_id: int) -> dict[str, str]:
    """A clip with its player. Raises Http404."""
    clip = Clip.objects.filter(pk=clip_id).first()
    if clip is None:
        raise Http404
    return {"title": clip.title, "html": clip_html(clip) + ""}


# Aggregates: what is counted and summed over many rows


@policy(use=Use.AGGREGATES, tags=lambda slug: [tags.comments(slug)])
def comment_count(slug: str) -> int:
    """How many comments a post has."""
    return Comment.objects.filter(post__slug=slug).count()


@comment_count.bulk
def comment_counts(slugs: list[str]) -> dict[str, int]:
    counted = (
        Comment.objects.filter(post__slug__in=slugs)
        .values_list("post__slug")
        .annotate(Count("id"))
        .order_by()
    )
    return dict.fromkeys(slugs, 0) | dict(counted)


@policy(use=Use.AGGREGATES, tags=lambda slug: [tags.votes(slug)])
def vote_tally(slug: str) -> dict[str, int]:
    """A post's votes up, votes down, and points."""
    votes = Vote.objects.filter(post__slug=slug)
    return votes.aggregate(
        up=Count("id", filter=Q(value=Vote.Value.UP)),
        down=Count("id", filter=Q(value=Vote.Value.DOWN)),
        points=Sum("value", default=0),
    )


@policy(use=Use.AGGREGATES, tags=lambda: [tags.TAGGED, tags.NAMES])
def tag_cloud() -> list[dict[str, Any]]:
    """The most used tags with the number of their articles, by name."""
    used = (
        Tag.objects.filter(posts__status=Post.Status.PUBLISHED, posts__kind=Post.Kind.ARTICLE)
        .annotate(posts_count=Count("posts"))
        .order_by("-posts_count", "name")
    )
    cloud = [
        {"name": tag.name, "slug": tag.slug, "posts_count": tag.posts_count} for tag in used[:CLOUD]
    ]
    return sorted(cloud, key=lambda tag: tag["name"].casefold())


@policy(use=Use.AGGREGATES, tags=lambda: [tags.POSTS])
def archive_months() -> list[dict[str, int]]:
    """Months that have articles, newest first."""
    months = (
        articles.annotate(month=TruncMonth("published_at"))
        .values("month")
        .annotate(posts=Count("id"))
        .order_by("-month")
    )
    return [
        {"year": row["month"].year, "month": row["month"].month, "posts": row["posts"]}
        for row in months
    ]


@policy(use=Use.AGGREGATES, dies=Dies.TTL, ttl=60)
def trending() -> list[str]:
    """Slugs of the posts that the newest comments and votes are about. A vote counts half."""
    comments = Comment.objects.order_by("-created_at").values_list("post_id", flat=True)[:RECENT]
    votes = Vote.objects.order_by("-created_at").values_list("post_id", flat=True)[:RECENT]
    score = Counter(chain(comments, comments, votes))
    slugs = dict(published.filter(pk__in=[*score]).values_list("pk", "slug"))
    best = sorted(slugs, key=lambda pk: (-score[pk], -pk))
    return [slugs[pk] for pk in best[:TRENDING]]


# For one person, or for the staff: declared, so that nothing can keep them


@policy(use=Use.AGGREGATES, audience=Audience.USER)
def unread_count(user_id: int) -> int:
    """How many unread messages a person has."""
    return Message.objects.filter(recipient_id=user_id, read_at__isnull=True).count()


@policy(use=Use.FRAGMENTS, audience=Audience.STAFF)
def preview(slug: str) -> str:
    """A post as it will look, published or not. Nothing that it is made of is kept either."""
    post = Post.objects.select_related("author", "photo").prefetch_related("tags").get(slug=slug)
    return whole_post(post)


def pairs(posts: Any) -> Iterable[tuple[str, str]]:
    """(slug, title) of the first few."""
    return cast(Iterable[tuple[str, str]], posts.values_list("slug", "title")[:RELATED])


def slugs_of(posts: Any, before: str) -> Listing:
    rows, older = keyset.page(
        posts.values("slug", "published_at", "id"), "published_at", before, PAGE
    )
    return {"slugs": [row["slug"] for row in rows], "older": older}
