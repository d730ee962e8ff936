"""django-cachalot: every query's rows are kept, until a table that the query reads is written to.

As its documentation has it (docs/quickstart, docs/limits): Django's own Redis backend, no timeout,
and on the Redis side `allkeys-lru`, which the lab's has. Nothing is excluded: this site writes to
its sessions at a login only.
"""

from .settings import *  # noqa: F403
from .settings import INSTALLED_APPS, LAB

INSTALLED_APPS = [*INSTALLED_APPS, "cachalot"]
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": f"redis://{LAB.redis_host}:6379/0",
    }
}
CACHALOT_ENABLED = True
