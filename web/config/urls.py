"""Who answers which address. The site's own addresses are in magazine/urls.py."""

from django.contrib import admin
from django.urls import include, path

from . import health

urlpatterns = [
    path("up", health.up),
    path("up/databases", health.databases),
    path("admin/", admin.site.urls),
    path("", include("content.urls")),
    path("", include("magazine.urls")),
]
