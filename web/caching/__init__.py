"""Policies for caching in Django: declare once what is kept, how it dies, and for whom.

    from caching import Use, invalidate, load, policy

    @policy(use=Use.FRAGMENTS, tags=lambda post_id: [f"post:{post_id}:comments"])
    def comment_thread(post_id: int) -> str:
        return render_to_string(...)

    comment_thread(12)                                   # kept, or computed and kept
    page = load(thread=comment_thread.of(12), side=sidebar.of())   # one round trip for both
    invalidate("post:12:comments")                       # true once the transaction commits

The app knows nothing of the site that uses it. It is configured by `settings.CACHING`
(caching/conf.py lists its fields) and keeps values in Redis, Memcached or local memory.
"""

from .computing import bypass, refuse_private
from .conf import enabled
from .engine import Loaded, load
from .errors import BadPolicy, MissingTags, NotCacheable, PrivateInPublic, ShortInLong
from .invalidation import invalidate, invalidate_everything
from .page import depends_on
from .parts import composes, for_one_reader
from .policies import Audience, Dies, Lookup, Policy, Use, declared, policy

__all__ = [
    "Audience",
    "BadPolicy",
    "Dies",
    "Loaded",
    "Lookup",
    "MissingTags",
    "NotCacheable",
    "Policy",
    "PrivateInPublic",
    "ShortInLong",
    "Use",
    "bypass",
    "composes",
    "declared",
    "depends_on",
    "enabled",
    "for_one_reader",
    "invalidate",
    "invalidate_everything",
    "load",
    "policy",
    "refuse_private",
]
