"""Addresses for the checker alone."""

from django.urls import re_path

from .views import version

urlpatterns = [
    # As long as an integer of the database can surely be.
    re_path(r"^versions/(?P<key>[0-9]{1,9})/$", version, name="freshness-version"),
]
