"""Django's per-view cache: `cache_page` on the views that readers ask for, each page for a minute.

As the documentation of Django's cache framework has it, the views are wrapped in the URLconf
(rivals/urls_per_view.py). A write ends nothing: a page dies by its age, as in settings_cache_page.
"""

from .settings import *  # noqa: F403
from .settings import LAB

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": f"redis://{LAB.redis_host}:6379/0",
    }
}
ROOT_URLCONF = "rivals.urls_per_view"
