"""Django's own per-site cache: whole pages for anonymous readers, each for a minute.

A write ends nothing: a page dies by its age, which is the default time of the lab's own `LAB_TTL`.
It stands in the place of the site's own page middleware, whose `max-age=0` (readers' browsers ask
each time) would tell Django's to keep nothing.
"""

from .settings import *  # noqa: F403
from .settings import LAB, MIDDLEWARE

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": f"redis://{LAB.redis_host}:6379/0",
    }
}
CACHE_MIDDLEWARE_SECONDS = 60
MIDDLEWARE = [
    "rivals.pages.AnonymousPages" if name == "caching.middleware.PageMiddleware" else name
    for name in MIDDLEWARE
]
