"""Private messages. Read straight from the database, each time, for the two they belong to."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from .. import keyset
from ..forms import MessageForm
from ..markdown import compile_markdown
from ..models import Message
from .common import member_of, show

PAGE = 30
ANSWER = "Re: "


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Received messages, or with `?box=sent` those one wrote."""
    sent = request.GET.get("box") == "sent"
    person = member_of(request)
    mine = Message.objects.filter(**{"sender" if sent else "recipient": person})
    with_people = mine.select_related("sender", "recipient").defer("body")
    found, older = keyset.page(with_people, "created_at", keyset.asked(request.GET), PAGE)
    return show(request, "inbox.html", mail=found, older=older, sent=sent)


@login_required
@require_safe
def message(request: HttpRequest, number: str) -> HttpResponse:
    person = member_of(request)
    own = Message.objects.filter(Q(recipient=person) | Q(sender=person))
    found = get_object_or_404(own.select_related("sender", "recipient"), pk=int(number))
    if found.recipient_id == person.pk and found.read_at is None:
        found.read_at = timezone.now()
        found.save(update_fields=["read_at"])
    return show(
        request,
        "message.html",
        message=found,
        body=compile_markdown(found.body),
        answer=found.subject if found.subject.startswith(ANSWER) else ANSWER + found.subject,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    initial = {name: request.GET.get(name, "") for name in ("to", "subject")}
    form = MessageForm(request.POST or None, initial=initial)
    if form.is_valid():
        letter = form.save(commit=False)
        letter.sender, letter.recipient = member_of(request), form.cleaned_data["to"]
        letter.save()
        messages.success(request, f"Your message to {letter.recipient.name} is sent.")
        return redirect("/inbox/?box=sent")
    return show(request, "message_form.html", status=400 if form.is_bound else 200, form=form)
