"""User-specific things: a greeting and the newest message, kept under a key without the user.

Two of the clinic's people and somebody without an account visit in turn, by HTTP and through every
layer of the site. At the edge nothing of it is kept; it is the upstream cache that mixes them up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html

from caching import Audience, Use, policy
from magazine.models import Message, User

from ..caches import shared
from ..case import Case, Figures, Row
from ..people import STRANGER, Visitor, logged_in, person

ROUNDS = 8
SECRETS = {
    "ann": "Ann: the key is under the blue pot",
    "ben": "Ben: your results are in, please call",
}
NOBODY = "<p>Hello, stranger.</p>"


def greeting(user_id: int | None) -> str:
    user = User.objects.filter(pk=user_id).first() if user_id else None
    if user is None:
        return NOBODY
    newest = Message.objects.filter(recipient=user).order_by("-created_at", "-id").first()
    return format_html(
        "<p>Hello, {}. Your newest message: {}</p>", user.name, newest.subject if newest else "none"
    )


def hello_kept_for_all(request: HttpRequest) -> HttpResponse:
    html = shared().get("hello")
    if html is None:
        html = greeting(request.user.pk)
        shared().set("hello", html, timeout=30)
    return HttpResponse(html)


@policy(use=Use.FRAGMENTS, audience=Audience.USER)
def clinic_greeting(user_id: int | None) -> str:
    return greeting(user_id)


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse(clinic_greeting(request.user.pk))


def declare_for_everybody() -> object:
    """The bad idea, told to the library: a public value that depends on who asks."""

    @policy(use=Use.FRAGMENTS)
    def clinic_greeting_for_everybody(user_id: int) -> str:
        return greeting(user_id)

    return clinic_greeting_for_everybody


@policy(use=Use.FRAGMENTS)
def clinic_front_with_greeting(reader: int | None) -> str:
    """The same, told so that its declaration doesn't show it."""
    return f"<header>{clinic_greeting(reader)}</header>"


@contextmanager
def visitors() -> Iterator[list[tuple[str, Visitor]]]:
    """Those who visit, each with the words that their own page says."""
    people = {name: person(name) for name in SECRETS}
    messages = [
        Message.objects.create(sender=user, recipient=user, subject=SECRETS[name], body="")
        for name, user in people.items()
    ]
    try:
        with ExitStack() as sessions:
            known = [
                (SECRETS[name], sessions.enter_context(logged_in(user)))
                for name, user in people.items()
            ]
            yield [*known, (NOBODY, STRANGER)]
    finally:
        Message.objects.filter(pk__in=[message.pk for message in messages]).delete()


def shown_to_others(path: str, visiting: list[tuple[str, Visitor]]) -> Counter[tuple[str, str]]:
    """How often (whose secret, who saw it) happened in all rounds, where it is not the same one."""
    owners = {own: visitor.name for own, visitor in visiting if own in SECRETS.values()}
    leaks: Counter[tuple[str, str]] = Counter()
    for _ in range(ROUNDS):
        for own, visitor in visiting:
            text = visitor.get(path)
            leaks.update(
                (owner, visitor.name)
                for secret, owner in owners.items()
                if secret in text and secret != own
            )
    return leaks


def right_pages(path: str, visiting: list[tuple[str, Visitor]]) -> int:
    """How many are shown their own page."""
    return sum(own in visitor.get(path) for own, visitor in visiting)


def run() -> Figures:
    shared().delete("hello")
    bad, cure = "/clinic/bad/hello/", "/clinic/cured/hello/"
    with visitors() as visiting:
        mixed, apart = shown_to_others(bad, visiting), shown_to_others(cure, visiting)
        right = right_pages(bad, visiting), right_pages(cure, visiting)
    shared().delete("hello")
    visits = ROUNDS * len(visiting)
    return {
        "visits": Row("visits by three people", visits, visits),
        "leaks": Row("visits that showed somebody else’s message", mixed.total(), apart.total()),
        "whose": Row("whose was shown to whom", told(mixed), told(apart)),
        "right": Row("of the three, those who get their own page", *right),
    }


def told(leaks: Counter[tuple[str, str]]) -> str:
    return "; ".join(f"{owner}’s to {other}" for owner, other in sorted(leaks)) or "nobody’s"


def went_wrong(figures: Figures) -> bool:
    return int(figures["leaks"].bad) > 0


def cured(figures: Figures) -> bool:
    return figures["leaks"].cure == 0 and figures["right"].cure == len(SECRETS) + 1


CASE = Case(
    name="personal",
    doc=__doc__,
    seed="User-Specific things can be cached but that may lead to privacy invasion, not to mention "
    "they might fall under “rarely accessed things.”",
    wrong="The key does not say whose greeting it is. Whoever comes first is greeted, and everybody "
    "who comes after is shown the first one’s name and message.",
    cure="Say whom it is for: Audience.USER never enters a cache that others read.",
    bad_code=(hello_kept_for_all,),
    cure_code=(clinic_greeting, hello),
    run=run,
    went_wrong=went_wrong,
    cured=cured,
    told_to_the_library=(declare_for_everybody, lambda: clinic_front_with_greeting(None)),
)
