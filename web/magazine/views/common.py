"""What the views share: the frame around a page, cards for a list, who may edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from caching import Lookup, Policy, composes, load

from ..models import Post, User
from ..pages import FOR_ALL
from ..policies import comment_count, unread_count


def show(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """The page: for everybody where nothing has looked at who asks and the edge puts parts in."""
    context |= FOR_ALL if composes(request) else masthead_of(request)
    return render(request, f"magazine/{template}", context, status=status)


def masthead_of(request: HttpRequest) -> dict[str, Any]:
    """What the frame around each page shows of its reader."""
    if not request.user.is_authenticated:
        return {}
    return {"unread": unread_count(request.user.pk)}


def counted(slugs: Sequence[str], piece: Policy[[str], str]) -> list[dict[str, Any]]:
    """The posts' pieces (cards or rows) with their comment counts, in one round trip."""
    wanted: dict[str, Lookup[Any]] = {f"html {slug}": piece.of(slug) for slug in slugs}
    wanted |= {f"count {slug}": comment_count.of(slug) for slug in slugs}
    found = load(**wanted)
    return [
        {"slug": slug, "html": found[f"html {slug}"], "count": found[f"count {slug}"]}
        for slug in slugs
        if found[f"html {slug}"]
    ]


def may_edit(user: User | AnonymousUser, post: Post) -> bool:
    """Editors edit everything, writers what is theirs."""
    return user.is_authenticated and (user.is_staff or post.author_id == user.pk)


def member_of(request: HttpRequest) -> User:
    """The person of a request that `login_required` let through."""
    assert isinstance(request.user, User)  # noqa: S101  for the type checker
    return request.user
