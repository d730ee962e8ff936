"""The one policy that the checker reads by, and the write that ends what it keeps."""

from django.db import transaction

from caching import Use, invalidate, policy

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
