from typing import Any

from django.apps import AppConfig
from django.db.models import signals


class MagazineConfig(AppConfig):
    """The site."""

    name = "magazine"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import invalidation

        invalidation.connect()
        # Permissions exist only after all apps have migrated.
        signals.post_migrate.connect(make_editors, sender=self)


def make_editors(using: str, **_: Any) -> None:
    """The group "editors", who do in the admin what concerns content, but nothing with people."""
    from django.contrib.auth.models import Group, Permission

    group, _created = Group.objects.using(using).get_or_create(name="editors")
    group.permissions.set(
        Permission.objects.using(using).filter(
            content_type__app_label="magazine",
            content_type__model__in=["post", "comment", "tag", "photo", "clip", "block"],
        )
    )
