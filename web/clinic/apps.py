from django.apps import AppConfig


class ClinicConfig(AppConfig):
    """What goes wrong when a cache is used where it should not be."""

    name = "clinic"
