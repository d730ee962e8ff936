from django.apps import AppConfig


class CachingConfig(AppConfig):
    """Policies for caching, as an app of its own."""

    name = "caching"
