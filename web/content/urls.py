"""What is generated at each request: the addresses in use while LAB_GENERATED is off."""

from django.urls import re_path

from . import views

SHA256 = r"(?P<sha256>[0-9a-f]{64})"
SECONDS = r"[0-9]{1,4}(?:\.[0-9]{1,3})?"

urlpatterns = [
    re_path(
        rf"^generate/thumb/{SHA256}/(?P<width>[0-9]{{1,4}})\.webp$",
        views.thumbnail,
        name="generate-thumbnail",
    ),
    re_path(
        rf"^generate/clip/{SHA256}/(?P<span>{SECONDS}-{SECONDS})\.(?P<kind>webm|webp)$",
        views.clip,
        name="generate-clip",
    ),
]
