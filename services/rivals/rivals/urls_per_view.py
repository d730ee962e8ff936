"""The site's addresses, with the views of its public pages behind `cache_page`.

Only for readers without a session, as in pages.py: `vary_on_cookie` beside it would keep a copy for
every member, of which hardly any is asked for twice within a minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from django.urls import URLPattern, URLResolver
from django.utils.decorators import decorator_from_middleware_with_args

from config import urls
from magazine.views import board, reading

from .pages import AnonymousPages

SECONDS = 60
KEPT = (reading.__name__, board.topics.__module__)
NOT_KEPT = (board.new,)

# What django.views.decorators.cache.cache_page is, with another middleware.
kept = decorator_from_middleware_with_args(AnonymousPages)(page_timeout=SECONDS)


def wrapped(patterns: Sequence[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """The same addresses; the views of KEPT's modules answer from the cache."""
    found: list[URLPattern | URLResolver] = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            module = wrapped(pattern.url_patterns)
            found.append(
                URLResolver(
                    pattern.pattern,
                    module,
                    pattern.default_kwargs,
                    pattern.app_name,
                    pattern.namespace,
                )
            )
        elif pattern.callback.__module__ in KEPT and pattern.callback not in NOT_KEPT:
            view = kept(pattern.callback)
            found.append(URLPattern(pattern.pattern, view, pattern.default_args, pattern.name))
        else:
            found.append(pattern)
    return found


urlpatterns = wrapped(cast(list[URLPattern | URLResolver], urls.urlpatterns))
