"""The message board: topics by their last activity."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from .. import keyset, policies, writing
from ..forms import TopicForm
from ..models import Post
from .common import counted, member_of, show


@require_safe
def topics(request: HttpRequest) -> HttpResponse:
    before = keyset.asked(request.GET)
    listing = policies.board_list(before)
    active = dict(zip(listing["slugs"], listing["active"], strict=True))
    rows = counted(listing["slugs"], policies.topic_row)
    for row in rows:
        row["iso"], row["minute"] = active[row["slug"]]
    return show(request, "board.html", rows=rows, older=listing["older"], first=not before)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    post = Post(author=member_of(request), kind=Post.Kind.TOPIC)
    form = TopicForm(request.POST or None, instance=post)
    if form.is_valid():
        topic = form.save(commit=False)
        writing.publish(topic)
        return redirect(writing.save_post(topic))
    return show(
        request, "topic_form.html", status=400 if form.is_bound else 200, form=form, post=post
    )
