"""How editors' templates are kept: their bytecode as a compiled thing, which can't be stale; their
HTML as fragments, which die when the template or what it shows changes."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import Http404
from django.utils.safestring import SafeString

from caching import Dies, Use, policy

from .. import tags
from ..fragments import day
from ..models import Block
from ..policies import articles, comment_count, published, tag_cloud
from . import language
from .places import MOST_TAGS, SITE

log = logging.getLogger("magazine.blocks")

Place = Block.Place


@policy(use=Use.COMPILED, dies=Dies.NEVER)
def template_code(source: str, runtime: str) -> bytes:
    """A template as marshalled bytecode. runtime: `language.RUNTIME`, so that another Python or
    Jinja, which could not read it, finds nothing.

    Bytecode is code: whoever reads it from a cache runs it, and unmarshalling crafted bytes alone
    can crash or worse. Were it not signed, everybody who can write to Redis or Memcached could
    run Python in the site. So the library signs each entry with a key derived from SECRET_KEY,
    and a wrong signature is a miss.
    """
    return language.code_of(source)


@policy(use=Use.FRAGMENTS, tags=lambda: [tags.block(Place.MASTHEAD_NOTICE)])
def masthead_notice() -> str:
    """The editors' template over every page with a sidebar, rendered."""
    return shown(Place.MASTHEAD_NOTICE, lambda: {"site": SITE})


@policy(
    use=Use.FRAGMENTS,
    tags=lambda: [tags.block(Place.FRONT_INTRO), tags.POSTS, tags.TAGGED, tags.NAMES],
)
def front_intro() -> str:
    """The editors' template on the front page, rendered."""
    return shown(Place.FRONT_INTRO, front_values)


def front_values() -> language.Values:
    """The tags are the most used first."""
    cloud = [
        {"name": tag["name"], "slug": tag["slug"], "posts": tag["posts_count"]}
        for tag in sorted(tag_cloud(), key=lambda tag: -tag["posts_count"])
    ]
    return {"site": SITE, "articles": articles.count(), "tags": cloud[:MOST_TAGS]}


@policy(
    use=Use.FRAGMENTS,
    tags=lambda slug: [
        tags.block(Place.POST_FOOTER), tags.post(slug), tags.comments(slug), tags.NAMES
    ],
)  # fmt: skip
def post_footer(slug: str) -> str:
    """The editors' template under a post, rendered for that post."""
    return shown(Place.POST_FOOTER, lambda: post_values(slug))


def post_values(slug: str) -> language.Values:
    """Raises Http404 for what is not public, as `post_page` does."""
    post = published.filter(slug=slug).select_related("author").prefetch_related("tags").first()
    if post is None:
        raise Http404
    return {
        "site": SITE,
        "title": post.title,
        "slug": post.slug,
        "kind": post.kind,
        "author": post.author.name,
        "username": post.author.username,
        "published": day(post.published_at),
        "minutes": post.reading_minutes,
        "comments": comment_count(slug),
        "tags": [{"name": tag.name, "slug": tag.slug} for tag in post.tags.all()[:MOST_TAGS]],
    }


def shown(place: str, values: Callable[[], language.Values]) -> SafeString:
    """The HTML of what the editors put there: nothing, where they did not or where it fails.

    values: asked for only if there is a template, since they cost queries.
    """
    source = Block.objects.filter(name=place).values_list("source", flat=True).first()
    if source is None:
        return SafeString("")
    given = values()
    try:
        return language.render(template_code(source, language.RUNTIME), given)
    except Exception as failure:
        log.warning("the block %s shows nothing: %s", place, language.reason(failure))
        return SafeString("")
