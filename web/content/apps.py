from django.apps import AppConfig


class ContentConfig(AppConfig):
    """What the site is filled with, and what is generated from it."""

    name = "content"
