"""django-cacheops: querysets are kept, until a row that meets their conditions is saved.

As its README has it: a Redis database of its own, all operations of the site's apps for an hour
(by app, since `*.*` is advised against), and the "inside out" mode, which it asks for where Redis
has a memory limit. By its own list of caveats `QuerySet.update()` ends nothing, and of a condition
across a join only the model is watched: every comment ends every post's kept thread.
"""

from .settings import *  # noqa: F403
from .settings import INSTALLED_APPS, LAB

INSTALLED_APPS = [*INSTALLED_APPS, "cacheops"]
CACHEOPS_REDIS = {"host": LAB.redis_host, "port": 6379, "db": 1, "socket_timeout": 3}
CACHEOPS_INSIDEOUT = True
CACHEOPS_DEFAULTS = {"ops": "all", "timeout": 60 * 60}
CACHEOPS: dict[str, dict[str, str]] = {
    f"{app}.*": {} for app in ("magazine", "content", "freshness")
}
