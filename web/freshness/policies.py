"""The one policy that the checker reads by, and the write that ends what it keeps."""

from django.db import transaction

from caching import Use, invalidate, policy, stamps
from caching.stores import current

from .models import current_version, raise_version


def tags(key: int) -> list[str]:
    return [f"version:{key}"]


@policy(use=Use.AGGREGATES, tags=tags)
def shown_version(key: int) -> int:
    """The version that readers of this row are shown."""
    return current_version(key)


def write_version(key: int, pause: float) -> int:
    """Writes the next version, in a transaction that lasts `pause` seconds longer; returns it when
    readers can no longer be shown an older one."""
    with transaction.atomic():
        version = raise_version(key, pause)
        invalidate(*tags(key))
    return version


def write_unpurged(key: int, pause: float) -> int:
    """The same write, of which the upstream cache is told and the edge is not: what a site does
    that forgets to purge. The checker must find it."""

    def tell_upstream() -> None:
        if store := current():
            stamps.renew(store, tags(key))

    with transaction.atomic():
        version = raise_version(key, pause)
        transaction.on_commit(tell_upstream)
    return version
