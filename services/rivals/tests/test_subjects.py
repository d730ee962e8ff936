"""The rivals as the stale-read checker's subjects. Those whose package only the image has are refused
here, which is what happens under another rival's settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from freshness.models import Versioned
from freshness.subjects import Subject, Unusable
from rivals.subjects import Cachalot, Cacheops, CachePage


@pytest.fixture
def pages(settings: Any) -> Iterator[CachePage]:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.MIDDLEWARE = ["rivals.pages.AnonymousPages"]
    yield CachePage()
    cache.clear()


@pytest.mark.django_db
def test_a_kept_page_shows_the_version_that_was_there_when_it_was_made(pages: CachePage) -> None:
    Versioned.objects.create(key=1, version=7)
    Versioned.objects.create(key=2, version=1)
    assert pages.read(1) == 7
    assert pages.write(1, pause=0) == 8
    assert pages.read(1) == 7
    assert pages.read(2) == 1


@pytest.mark.parametrize("kind", [Cachalot, Cacheops, CachePage])
def test_under_other_settings_it_says_which_are_needed(kind: type[Subject]) -> None:
    with pytest.raises(Unusable, match=f"set LAB_SETTINGS_MODULE=rivals.settings_{kind.name}"):
        kind()
