"""Pages that anybody reads. Each asks for all it shows by policies; warm, it makes no query."""

from __future__ import annotations

from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from caching import composes, load
from content.partner import PartnerDown
from content.policies import partner_headlines

from .. import keyset, policies
from ..blocks.policies import front_intro
from ..pages import frame, my_part, post_for_readers, post_parts
from .common import counted, show
from .my import own_of_post

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
YEARS = range(1970, 2200)


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    before = keyset.asked(request.GET)
    intro = {} if before else {"intro": front_intro.of()}
    page = load(listing=policies.front_list.of(before), **intro, **frame())
    return show(
        request,
        "front.html",
        intro=page.get("intro", ""),
        cards=counted(page.listing["slugs"], policies.post_card),
        older=page.listing["older"],
        sidebar=page.sidebar,
        notice=page.notice,
        first=not before,
    )


@require_safe
def post(request: HttpRequest, slug: str) -> HttpResponse:
    if composes(request) or not request.user.is_authenticated:
        return HttpResponse(post_for_readers(slug))
    page = post_parts(slug)
    return show(request, "post.html", **page, **own_of_post(request.user, page.post))


@require_safe
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    before = keyset.asked(request.GET)
    page = load(listing=policies.tag_list.of(slug, before), **frame())
    return show(
        request,
        "tag.html",
        name=page.listing["name"],
        cards=counted(page.listing["slugs"], policies.post_card),
        older=page.listing["older"],
        sidebar=page.sidebar,
        notice=page.notice,
    )


@require_safe
def author(request: HttpRequest, username: str) -> HttpResponse:
    before = keyset.asked(request.GET)
    page = load(
        intro=policies.author_intro.of(username),
        standing=policies.author_standing.of(username),
        listing=policies.author_list.of(username, before),
        **frame(),
    )
    return show(
        request,
        "author.html",
        part=my_part(f"/authors/{quote(username)}/"),
        username=username,
        intro=page.intro,
        standing=page.standing,
        cards=counted(page.listing["slugs"], policies.post_card),
        older=page.listing["older"],
        sidebar=page.sidebar,
        notice=page.notice,
    )


@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    years: dict[int, list[dict[str, object]]] = {}
    for month in policies.archive_months():
        named = {**month, "name": MONTHS[month["month"] - 1]}
        years.setdefault(month["year"], []).append(named)
    return show(request, "archive.html", years=years)


@require_safe
def month_page(request: HttpRequest, year: str, month: str) -> HttpResponse:
    in_year, in_month = int(year), int(month)
    if in_year not in YEARS or not 1 <= in_month <= 12:
        raise Http404
    before = keyset.asked(request.GET)
    page = load(listing=policies.month_list.of(in_year, in_month, before), **frame())
    return show(
        request,
        "month.html",
        year=in_year,
        month=MONTHS[in_month - 1],
        cards=counted(page.listing["slugs"], policies.post_card),
        older=page.listing["older"],
        sidebar=page.sidebar,
        notice=page.notice,
    )


@require_safe
def trending(request: HttpRequest) -> HttpResponse:
    cards = counted(policies.trending(), policies.post_card)
    return show(request, "trending.html", cards=cards)


@require_safe
def wire(request: HttpRequest) -> HttpResponse:
    """The partner's feed; while it is down and no copy is kept, a page that says so."""
    try:
        return show(request, "wire.html", headlines=partner_headlines())
    except PartnerDown:
        response = show(request, "wire.html", headlines=[], down=True)
        response["Cache-Control"] = "private, no-store"
        return response


@require_safe
def photos(request: HttpRequest) -> HttpResponse:
    before = keyset.asked(request.GET)
    return show(request, "photos.html", tiles=policies.photo_tiles(before), first=not before)


@require_safe
def photo(request: HttpRequest, number: str) -> HttpResponse:
    return show(request, "photo.html", photo=policies.photo_page(int(number)))


@require_safe
def clips(request: HttpRequest) -> HttpResponse:
    return show(request, "clips.html", tiles=policies.clip_tiles(keyset.asked(request.GET)))


@require_safe
def clip(request: HttpRequest, number: str) -> HttpResponse:
    return show(request, "clip.html", clip=policies.clip_page(int(number)))
