"""Photographs that members add."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from content.media import BadImage, store_photo

from ..forms import PhotoForm
from .common import member_of, show


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = PhotoForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            photo = store_photo(
                given["file"],
                title=given["title"],
                credit=given["credit"],
                licence=given["licence"],
                uploader=member_of(request),
            )
            return redirect(photo)
        except BadImage as refused:
            form.add_error("file", str(refused))
    return show(request, "photo_form.html", status=400 if form.is_bound else 200, form=form)
