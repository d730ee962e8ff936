"""The clinic's pages: the list of cases, and each case with its code and a button that runs it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from magazine.policies import unread_count

from . import case as description
from .cases import CASES
from .people import is_ours
from .report import shown
from .runner import Busy, CannotRun, run


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    return _show(request, "cases.html", cases=CASES.values())


@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, name: str) -> HttpResponse:
    """The case; a POST runs it first."""
    found = CASES.get(name)
    if found is None:
        raise Http404
    status, result = _run(found) if request.method == "POST" else (200, {})
    return _show(
        request,
        "case.html",
        status=status,
        case=found,
        bad_code=description.source(found.bad_code),
        cure_code=description.source(found.cure_code),
        store=settings.CACHING["store"],
        **result,
    )


def _run(found: description.Case) -> tuple[int, dict[str, Any]]:
    """The status of the answer, and what to show."""
    try:
        outcome = run(found)
    except CannotRun as why:
        return 409 if isinstance(why, Busy) else 503, {"why_not": str(why)}
    rows = [
        (row.what, shown(row.bad), shown(row.cure), row.unit) for row in outcome.figures.values()
    ]
    return 200, {"outcome": outcome, "rows": rows}


def _show(
    request: HttpRequest, template: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    if request.user.is_authenticated:
        context["unread"] = unread_count(request.user.pk)
    return render(request, f"clinic/{template}", context, status=status)


def laboratory(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view for the clinic's people and for strangers: nobody's real data gets in.

    And whatever it answers is not for the edge, which would spread it.
    """

    @wraps(view)
    def guarded(request: HttpRequest, **arguments: str) -> HttpResponse:
        if request.user.is_authenticated and not is_ours(request.user):
            raise Http404
        return view(request, **arguments)

    return never_cache(require_safe(guarded))
