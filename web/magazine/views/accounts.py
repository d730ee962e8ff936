"""Who somebody is. Each page holds a form with a token of its own: no cache keeps any."""

from __future__ import annotations

from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from ..forms import RegisterForm
from .common import show

login_page = LoginView.as_view(
    template_name="magazine/login.html", redirect_authenticated_user=True
)


@sensitive_post_parameters("password1", "password2")
@csrf_protect
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("/")
    form = RegisterForm(request.POST or None)
    if form.is_valid():
        login(request, form.save())
        return redirect(onward(request))
    return show(
        request,
        "register.html",
        status=400 if form.is_bound else 200,
        form=form,
        next=request.POST.get("next", request.GET.get("next", "")),
    )


@login_required
@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """Asks whether to log out, for browsers to which the masthead could not give that form."""
    return show(request, "log_out.html")


def onward(request: HttpRequest) -> str:
    """Where the person was going: on this site, or else the front page."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, request.get_host(), request.is_secure())
    return resolve_url(wanted if safe else "/")
