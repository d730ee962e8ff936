from django.apps import AppConfig


class FreshnessConfig(AppConfig):
    """The stale-read checker."""

    name = "freshness"
