"""Whole pages as everybody gets them: the outermost fragments, made of all the others.

Most readers have no account, and most of them read posts: a page that is kept whole costs them one
lookup and no rendering. A write ends only what it touches; what the page is made anew of is mostly
still kept. A member's page is the same with parts of their own in it, where the edge puts them in; where
none does, it is made of the same pieces, and is kept by nobody.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.template.loader import get_template

from caching import Loaded, Lookup, Use, load, policy

from . import policies, tags
from .blocks.policies import masthead_notice, post_footer
from .models import Block

FOR_ALL: dict[str, Any] = {"composed": True, "user": AnonymousUser(), "messages": ()}
"""What a page that is the same for everybody knows of its reader."""


def my_part(page: str) -> str:
    """The address of the reader's own part of a page, such as `/posts/a-post/`."""
    return f"/my{page}"


def frame() -> dict[str, Lookup[Any]]:
    """What stands around a page's own column, for the same `load` as the page's own."""
    return {"notice": masthead_notice.of(), "sidebar": policies.sidebar.of()}


def post_parts(slug: str) -> Loaded:
    """All that the page of a post is made of, in one round trip. Raises Http404."""
    return load(
        post=policies.post_page.of(slug),
        thread=policies.comment_thread.of(slug),
        comments=policies.comment_count.of(slug),
        tally=policies.vote_tally.of(slug),
        related=policies.related_posts.of(slug),
        footer=post_footer.of(slug),
        **frame(),
    )


@policy(
    use=Use.FRAGMENTS,
    tags=lambda slug: [
        *(tags.post(slug), tags.comments(slug), tags.votes(slug), tags.TAGGED, tags.NAMES),
        *(tags.block(place) for place in (Block.Place.MASTHEAD_NOTICE, Block.Place.POST_FOOTER)),
    ],
)
def post_for_readers(slug: str) -> str:
    """The whole page of a post for everybody: with places for what is one reader's own."""
    page = post_parts(slug)
    part = my_part(f"/posts/{slug}/")
    return get_template("magazine/post.html").render({**page, **FOR_ALL, "part": part})
