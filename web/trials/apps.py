from django.apps import AppConfig


class TrialsConfig(AppConfig):
    """Trials of the upstream cache."""

    name = "trials"
