"""Ways in for people and machines: search, the feed, the sitemap."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.views.decorators.http import conditional_page, require_safe

from caching import depends_on

from .. import keyset, policies, tags
from ..forms import SearchForm
from ..search import matching
from .common import counted, show

# The protocol's limit for one file (sitemaps.org).
SITEMAP = 50_000
XML = "application/xml; charset=utf-8"
NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """One person's question, hardly ever asked twice: a page that no cache keeps."""
    form = SearchForm(request.GET if "q" in request.GET else None)
    cards, older = [], ""
    if form.is_valid():
        found = matching(policies.published, form.cleaned_data["q"])
        listing = policies.slugs_of(found, keyset.asked(request.GET))
        cards, older = counted(listing["slugs"], policies.post_card), listing["older"]
    status = 400 if form.is_bound and not form.is_valid() else 200
    response = show(request, "search.html", form=form, cards=cards, older=older, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@conditional_page
def feed(request: HttpRequest) -> HttpResponse:
    """The newest articles as Atom (RFC 4287), with an ETag for readers who ask again."""
    atom = Atom1Feed(
        title="The Cached Gazette",
        link=request.build_absolute_uri("/"),
        feed_url=request.build_absolute_uri("/feed.atom"),
        description="New articles",
    )
    for entry in policies.feed_entries():
        address = request.build_absolute_uri(f"/posts/{entry['slug']}/")
        atom.add_item(
            title=entry["title"],
            link=address,
            unique_id=address,
            description=escape(entry["summary"]),
            author_name=entry["author"],
            categories=entry["tags"],
            pubdate=datetime.fromisoformat(entry["published"]),
            updateddate=datetime.fromisoformat(entry["updated"]),
        )
    return HttpResponse(atom.writeString("utf-8"), "application/atom+xml; charset=utf-8")


@require_safe
def sitemap(request: HttpRequest, part: str = "") -> HttpResponse:
    """Every published post; `/sitemap.xml` lists further files when one is too small.

    Not kept upstream: it is larger than what Memcached takes, and robots ask for it rarely.
    """
    depends_on(tags.POSTS, tags.TOPICS, tags.UPDATES)
    root = request.build_absolute_uri("/")
    files = -(-policies.published.count() // SITEMAP)
    if not part and files > 1:
        names = (
            f"<sitemap><loc>{root}sitemap-{n}.xml</loc></sitemap>" for n in range(1, files + 1)
        )
        return xml(f"<sitemapindex {NAMESPACE}>", *names, "</sitemapindex>")
    start = (int(part or 1) - 1) * SITEMAP
    posts = policies.published.order_by("id").values_list("slug", "updated_at")
    entries = [
        f"<url><loc>{root}posts/{slug}/</loc><lastmod>{updated:%Y-%m-%dT%H:%M:%SZ}</lastmod></url>"
        for slug, updated in posts[start : start + SITEMAP]
    ]
    if start < 0 or (part and not entries):
        raise Http404
    return xml(f"<urlset {NAMESPACE}>", *entries, "</urlset>")


def xml(*lines: str) -> HttpResponse:
    return HttpResponse('<?xml version="1.0" encoding="utf-8"?>\n' + "\n".join(lines), XML)
