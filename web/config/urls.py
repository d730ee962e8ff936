"""Who answers which address. The site's own addresses are in magazine/urls.py."""

from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import include, path

from . import health, metrics

urlpatterns = [
    path("up", health.up),
    path("up/databases", health.databases),
    path("metrics", metrics.metrics),
    path("admin/", admin.site.urls),
    # The site's first: its pages are asked for most.
    path("", include("magazine.urls")),
    path("", include("content.urls")),
    path("", include("clinic.urls")),
    path("lab/", include("freshness.urls")),
]

# Only where the site runs alone with LAB_DEBUG=on; else the bucket serves what people uploaded.
urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)

handler500 = "config.errors.not_made"

if settings.DEBUG:
    urlpatterns.append(path("__debug__/", include("debug_toolbar.urls")))
