"""One reader's own parts of the pages that are the same for everybody, at fixed addresses under /my.

The edge asks for them when it gives a page to somebody with a session, and puts in what they hold. Who
has none, or one that has ended, is given what is in the page anyway.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from caching.parts import may_post

from .. import policies
from ..forms import CommentForm
from ..models import User, Vote
from .common import masthead_of


@require_safe
def masthead(request: HttpRequest) -> HttpResponse:
    return part(request, "masthead.html", **masthead_of(request))


@require_safe
def post(request: HttpRequest, slug: str) -> HttpResponse:
    """Raises Http404 for what is not public."""
    page = policies.post_page(slug)
    return part(request, "post.html", post=page, **own_of_post(request.user, page))


@require_safe
def author(request: HttpRequest, username: str) -> HttpResponse:
    name = policies.author_intro(username)["name"]
    return part(request, "author.html", username=username, name=name)


def own_of_post(user: User | AnonymousUser, post: dict[str, Any]) -> dict[str, Any]:
    """What a reader may do with a post, and has done. post: as `post_page` gives it."""
    if not user.is_authenticated:
        return {}
    vote = Vote.objects.filter(user_id=user.pk, post_id=post["id"])
    return {
        "vote": vote.values_list("value", flat=True).first(),
        "form": CommentForm(),
        "may_edit": user.is_staff or user.username == post["author"],
    }


def part(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """Without forms where the browser lacks the cookie for their tokens: a part can't set it."""
    context["formless"] = not may_post(request)
    response = render(request, f"magazine/my/{template}", context)
    response["Cache-Control"] = "private, no-store"
    return response
