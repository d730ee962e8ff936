"""Admin-only things: a draft's preview, kept under the address that everybody may ask for.

The view is right: it shows drafts to the staff only. What is wrong is the decorator above it, which
answers by the address alone as soon as an editor has looked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.html import format_html
from django.views.decorators.cache import cache_page

from caching import Audience, Use, policy
from magazine.models import Post

from ..caches import SHARED
from ..case import Case, Figures, Row
from ..people import STRANGER, Visitor, logged_in, person

ROUNDS = 8
TITLE = "Draft of the clinic: we are closing the Leeds office in May"


@cache_page(30, cache=SHARED)
def preview_kept_by_address(request: HttpRequest, slug: str) -> HttpResponse:
    posts = Post.objects.filter(slug=slug)
    if not request.user.is_staff:
        posts = posts.filter(status=Post.Status.PUBLISHED)
    post = get_object_or_404(posts)
    return HttpResponse(format_html("<h1>{}</h1><p>{}</p>", post.title, post.body))


@policy(use=Use.FRAGMENTS, audience=Audience.STAFF)
def clinic_preview(slug: str) -> str:
    post = get_object_or_404(Post, slug=slug)
    return format_html("<h1>{}</h1><p>{}</p>", post.title, post.body)


def preview(request: HttpRequest, slug: str) -> HttpResponse:
    if not request.user.is_staff:
        raise Http404
    return HttpResponse(clinic_preview(slug))


@policy(use=Use.FRAGMENTS)
def clinic_list_with_drafts() -> str:
    """The bad idea, told to the library."""
    return f"<main>{clinic_preview('clinic-none')}</main>"


@contextmanager
def draft_and_editor() -> Iterator[tuple[str, Visitor]]:
    """The address of a draft, and an editor who is logged in."""
    editor = person("editor", is_staff=True)
    post = Post.objects.create(
        slug=f"clinic-{uuid4()}", title=TITLE, body="Not yet for anybody.", author=editor
    )
    try:
        with logged_in(editor) as visitor:
            yield post.slug, visitor
    finally:
        post.delete()


def leaks(path: str, editor: Visitor) -> tuple[int, int]:
    """In how many rounds the editor saw the draft, and in how many a stranger did right after."""
    rounds = [
        (TITLE in editor.get(path), TITLE in STRANGER.get(path)) for _ in range(ROUNDS)
    ]  # fmt: skip
    return sum(seen for seen, _ in rounds), sum(leaked for _, leaked in rounds)


def run() -> Figures:
    with draft_and_editor() as (slug, editor):
        bad_path, cure_path = f"/clinic/bad/preview/{slug}/", f"/clinic/cured/preview/{slug}/"
        before = (int(TITLE in STRANGER.get(bad_path)), int(TITLE in STRANGER.get(cure_path)))
        bad_seen, bad = leaks(bad_path, editor)
        cure_seen, cure = leaks(cure_path, editor)
    return {
        "before": Row("strangers who saw the draft before an editor did", *before),
        "seen": Row("previews that the editor got", bad_seen, cure_seen),
        "leaks": Row("strangers who saw the draft after that", bad, cure),
        "draft": Row("what leaked", TITLE if bad else "nothing", TITLE if cure else "nothing"),
    }


def went_wrong(figures: Figures) -> bool:
    return figures["before"].bad == 0 and int(figures["leaks"].bad) > 0


def cured(figures: Figures) -> bool:
    return figures["leaks"].cure == 0 and figures["seen"].cure == ROUNDS


CASE = Case(
    name="admin",
    doc=__doc__,
    seed="Admin-only things should be heavily evaluated before caching, too, because that could "
    "lead to sensitive information being publicly leaked. Good examples of this are CMSs and draft "
    "copies of your work.",
    wrong="The page is kept under its address. After an editor has looked at a draft, the cache "
    "answers everybody who asks for that address, and the view that would refuse them is not run.",
    cure="Say that it is for the staff: Audience.STAFF neither reads nor writes a shared cache, and "
    "the view decides each time.",
    bad_code=(preview_kept_by_address,),
    cure_code=(clinic_preview, preview),
    run=run,
    went_wrong=went_wrong,
    cured=cured,
    told_to_the_library=(clinic_list_with_drafts,),
)
