"""Learning the site from its sitemap and pages."""

from __future__ import annotations

import pytest

from fakes.site import POSTS, answer
from users.site import ASSET, NothingToVisit, found, learn, sitemap


def fetch(path: str) -> bytes:
    return answer(path)[2].encode()


def test_posts_come_from_the_sitemap_and_tags_from_the_pages() -> None:
    site = learn(fetch, alpha=0.8, seed=1)
    assert sorted(site.posts.ranked) == sorted(POSTS)
    assert site.tags.ranked == ["/tags/linux/"]
    assert set(site.pages()) >= {"/", "/feed.atom", *POSTS}


def test_an_index_of_sitemaps_is_followed() -> None:
    parts = {
        "/sitemap.xml": b"<sitemapindex><loc>http://x/sitemap.xml?p=1&amp;q=2</loc></sitemapindex>",
        "/sitemap.xml?p=1&q=2": b"<urlset><loc>http://x/posts/a/</loc></urlset>",
    }
    assert sitemap(parts.__getitem__, "/sitemap.xml") == ["/posts/a/"]


def test_a_site_without_posts_is_refused_with_what_to_do() -> None:
    with pytest.raises(NothingToVisit, match="LAB_POSTS"):
        learn(lambda path: b"<urlset></urlset>", alpha=0.8, seed=1)


def test_a_pages_files_are_found_once_each_also_in_a_srcset() -> None:
    page = (
        b'<link href="/static/site.css"><img src="/media/a.webp" '
        b'srcset="/media/a.webp 480w, /media/b.webp 960w"><img src="/generate/thumb/ff/480.webp">'
        b'<a href="/static/">no file</a><video src="/media/c.webm">'
    )
    assert found(ASSET, page) == (
        "/static/site.css",
        "/media/a.webp",
        "/media/b.webp",
        "/generate/thumb/ff/480.webp",
    )


def test_a_page_is_searched_for_its_files_only_once() -> None:
    site = learn(fetch, alpha=0.8, seed=1)
    first = site.assets_of("/", fetch("/"))
    assert site.assets_of("/", b"") == first == ("/static/site.css", "/media/1.webp")
