"""The rivals put to the stale-read checker (web/freshness): each reads and writes the checker's rows
the way its documentation has a site do it.

    LAB_WEB_IMAGE=cachelab-rivals LAB_SETTINGS_MODULE=rivals.settings_cachalot \\
        docker compose run --rm --no-deps web \\
        python manage.py check_freshness --subject rivals.subjects:Cachalot
"""

from __future__ import annotations

import time
from typing import cast

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from freshness.models import Versioned, current_version, raise_version
from freshness.subjects import Unusable

from .pages import AnonymousPages


def need(rival: str, there: bool) -> None:
    """Raises Unusable where these are another rival's settings."""
    if not there:
        wanted = f"LAB_SETTINGS_MODULE=rivals.settings_{rival}"
        raise Unusable(f"{rival} is not in {settings.SETTINGS_MODULE}: set {wanted}")


class Cachalot:
    """Nothing to be done for it: it sees queries and writes by itself."""

    name = "cachalot"

    def __init__(self) -> None:
        need(self.name, "cachalot" in settings.INSTALLED_APPS)

    def read(self, key: int) -> int:
        return current_version(key)

    def write(self, key: int, pause: float) -> int:
        with transaction.atomic():
            return raise_version(key, pause)


class Cacheops:
    """Writes by `save()`, for a queryset's `update()` ends nothing (its list of caveats)."""

    name = "cacheops"

    def __init__(self) -> None:
        need(self.name, "cacheops" in settings.INSTALLED_APPS)

    def read(self, key: int) -> int:
        return current_version(key)

    def write(self, key: int, pause: float) -> int:
        with transaction.atomic():
            row = Versioned.objects.select_for_update().get(pk=key)
            row.version += 1
            row.save()
            time.sleep(pause)
        return row.version


class CachePage:
    """A page of the version, behind Django's page cache. Nothing that is written ends it."""

    name = "cache_page"

    def __init__(self) -> None:
        need(self.name, "rivals.pages.AnonymousPages" in settings.MIDDLEWARE)
        self._requests = RequestFactory(HTTP_HOST="localhost")
        self._page = AnonymousPages(version_page)

    def read(self, key: int) -> int:
        page = cast(HttpResponse, self._page(self._requests.get("/", {"key": key})))
        return int(page.content)

    def write(self, key: int, pause: float) -> int:
        with transaction.atomic():
            return raise_version(key, pause)


def version_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(current_version(int(request.GET["key"]))))
