"""Addresses of the clinic. What is bad is served to the clinic's own people and to strangers only."""

from django.urls import path, re_path

from . import views
from .cases import admin, personal

DRAFT = r"preview/(?P<slug>clinic-[0-9a-f-]{36})/$"

urlpatterns = [
    path("clinic/", views.cases),
    path("clinic/bad/hello/", views.laboratory(personal.hello_kept_for_all)),
    path("clinic/cured/hello/", views.laboratory(personal.hello)),
    re_path(rf"^clinic/bad/{DRAFT}", views.laboratory(admin.preview_kept_by_address)),
    re_path(rf"^clinic/cured/{DRAFT}", views.laboratory(admin.preview)),
    path("clinic/<slug:name>/", views.case),
]
