"""The pages that are asked, and what must be on them: what the site says without a cache."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from uuid import uuid4

from ..visitor import Visitor
from .engine import FaultError

POSTS = 3


@dataclass(frozen=True, slots=True)
class Page:
    """right: its bytes as they were without a cache; None where they change by themselves.
    timed: whether its time is the site's own, and not also the partner's."""

    path: str
    right: bytes | None = None
    timed: bool = True


@dataclass(slots=True)
class Post:
    """A post that no other page shows, on which comments are written while the cache is broken.
    mark: what these comments begin with, and no others."""

    slug: str
    mark: str = field(default_factory=lambda: f"While the cache was broken, {uuid4()}")
    acknowledged: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/posts/{self.slug}/"


@dataclass(frozen=True, slots=True)
class Pages:
    """What is read in turn, and the post that is written to."""

    read: list[Page]
    post: Post

    def wrong(self, path: str, body: bytes, acknowledged: int) -> str:
        """What is wrong with a page that was asked after so many comments were acknowledged, or ""."""
        if path == self.post.path:
            expected = self.post.acknowledged[:acknowledged]
            lost = [text for text in expected if text.encode() not in body]
            return f"{len(lost)} acknowledged comments are missing" if lost else ""
        right = next(page.right for page in self.read if page.path == path)
        return "it is not the page that an uncached site shows" if right not in (None, body) else ""


def explore(visitor: Visitor) -> Pages:
    """Finds the pages and keeps their bytes. The upstream cache must be off."""
    front = _text(visitor, "/")
    tag = _first(r'href="(/tags/[^"/]+/)"', front, "the front page names no tag")
    authors = re.findall(r'href="(/authors/[^"/]+/)"', front)
    # The comments are a member's, and count on the member's own page.
    author = next((path for path in authors if path != "/authors/member/"), "")
    posts = list(dict.fromkeys(re.findall(r'href="(/posts/[^"/]+/)"', front)))[:POSTS]
    fixed = ["/", "/board/", "/archive/", "/photos/", "/clips/", tag, *posts]
    known = [_stable(visitor, path) for path in [*fixed, author] if path]
    post = Post(_unshown(visitor, known))
    moving = [Page("/trending/"), Page("/wire/", timed=False), Page(post.path)]
    return Pages(known + moving, post)


def _text(visitor: Visitor, path: str) -> str:
    answer = visitor.get(path)
    if answer.status != 200:
        raise FaultError(f"{path} is answered with {answer.status} before any fault: lab logs web")
    return answer.text


def _stable(visitor: Visitor, path: str) -> Page:
    """The page with its bytes. Raises FaultError where they differ between two visits."""
    one, two = visitor.get(path), visitor.get(path)
    if not one.status == two.status == 200 or one.body != two.body:
        raise FaultError(f"{path} is not the same twice: is somebody else using the stack?")
    return Page(path, one.body)


def _unshown(visitor: Visitor, known: list[Page]) -> str:
    """The slug of an old post that none of these pages show, so that comments change none."""
    archive = _text(visitor, "/archive/")
    months = re.findall(r'href="(/archive/\d{4}/\d{2}/)"', archive)
    for month in reversed(months):
        for slug in re.findall(r'href="/posts/([^"/]+)/"', _text(visitor, month)):
            if not any(f"/posts/{slug}/".encode() in (page.right or b"") for page in known):
                return str(slug)
    raise FaultError(
        "every post is on the pages that are compared: LAB_POSTS=1000 ./scripts/lab reset"
    )


def _first(pattern: str, text: str, otherwise: str) -> str:
    found = re.search(pattern, text)
    if not found:
        raise FaultError(f"{otherwise}: is the seed in place? ./scripts/lab reset")
    return found[1]
