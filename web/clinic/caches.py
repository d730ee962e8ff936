"""Django's own cache framework on the stack's servers (settings.CACHES): what the bad ideas use.

It pickles what it keeps, as the article's readers know it; the site's own values never are.
"""

from __future__ import annotations

from django.core.cache import BaseCache, caches

# Beside the site's own values, on the server in force.
SHARED = "clinic"
# A server of its own with a few megabytes, which fills up at once and harms nobody.
SMALL = "clinic-small"


def shared() -> BaseCache:
    return caches[SHARED]


def small() -> BaseCache:
    return caches[SMALL]
