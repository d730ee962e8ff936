"""What there is to ask for, learned from the site itself: its sitemap and its pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from users.popularity import Popularity

Fetch = Callable[[str], bytes]

LOCATION = re.compile(rb"<loc>\s*([^<\s]+)\s*</loc>")
LINK = re.compile(rb'href="(/[^"#?]*)"')
TAG = re.compile(rb'href="(/tags/[^"/]+/)"[^>]*>\s*([^<]+?)\s*<')
# What a browser would load by itself. Films are the gallery's: a page shows only their posters.
ASSET = re.compile(
    rb'[\s"](/(?:static|media|generate)/[^"\s,<>]+\.(?:css|js|svg|webp|avif|jpe?g|png))[\s",]'
)
FILM = re.compile(rb'"(/(?:media|generate)/[^"\s<>]+\.(?:webm|mp4))"')

SAMPLED_POSTS = 20
"""How many posts are read for the tags they link to; the site lists tags nowhere else."""


class NothingToVisit(Exception):
    """The site has no sitemap, or no post in it; the text says which."""


@dataclass
class Site:
    """The site's addresses. `assets` fills as pages are seen for the first time."""

    posts: Popularity[str]
    tags: Popularity[str]
    tag_names: dict[str, str]
    photos: list[str]
    clips: list[str]
    assets: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def assets_of(self, path: str, page: bytes) -> tuple[str, ...]:
        """The images and static files of a page; the page is searched only the first time."""
        known = self.assets.get(path)
        if known is None:
            known = self.assets[path] = found(ASSET, page)
        return known

    def pages(self) -> list[str]:
        """Every page a reader may ask for, the most popular first."""
        return [*self.lists(), *self.posts.ranked]

    def lists(self) -> list[str]:
        """Those that show several posts, and so change with each of them."""
        return ["/", "/feed.atom", "/wire/", *self.tags.ranked]


def learn(fetch: Fetch, alpha: float, seed: int, most: int = 0) -> Site:
    """Ask the site what it has; `most` posts of it are visited, 0 is all. Raises NothingToVisit."""
    paths = sitemap(fetch, "/sitemap.xml")
    posts = [path for path in paths if re.fullmatch(r"/posts/[^/]+/", path)]
    if not posts:
        raise NothingToVisit("/sitemap.xml lists no post; is the site seeded? (LAB_POSTS)")
    pages = [fetch("/"), *(fetch(path) for path in sorted(posts)[:SAMPLED_POSTS])]
    names = {path.decode(): name.decode() for page in pages for path, name in TAG.findall(page)}
    return Site(
        posts=Popularity(posts, alpha, seed, most),
        tags=Popularity(list(names) or ["/"], alpha, seed),
        tag_names=names,
        photos=listed(fetch, "/photos/"),
        clips=listed(fetch, "/clips/"),
    )


def sitemap(fetch: Fetch, path: str) -> list[str]:
    """The paths in a sitemap, or in all the sitemaps of an index."""
    body = fetch(path)
    located = [address(match) for match in LOCATION.findall(body)]
    if b"<sitemapindex" in body:
        return [page for part in located for page in sitemap(fetch, part)]
    return located


def address(location: bytes) -> str:
    """The path and query of an absolute address: the host is ours to choose."""
    parts = urlsplit(location.decode().replace("&amp;", "&"))
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def listed(fetch: Fetch, overview: str) -> list[str]:
    """The pages right below an overview that it links to, such as /photos/7/ on /photos/."""
    links = found(LINK, fetch(overview))
    return [link for link in links if re.fullmatch(re.escape(overview) + r"\d+/", link)]


def found(pattern: re.Pattern[bytes], page: bytes) -> tuple[str, ...]:
    """Each address once, in the page's order."""
    return tuple(dict.fromkeys(match.decode() for match in pattern.findall(page)))
