"""Who visits: fresh accounts, so that whatever they see or leave behind is this run's alone."""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Mapping
from dataclasses import dataclass

from checks import stack
from checks.visitor import Answer, Visitor

from .canaries import word

ADMIN, EDITOR, A, B = "the admin", "the editor", "member A", "member B"
ANONYMOUS, ANOTHER = "an anonymous reader", "another anonymous reader"
MEMBERS = (A, B)
STAFF = (EDITOR, ADMIN)
ACCOUNTS = (*MEMBERS, *STAFF)
EVERYBODY = (*ACCOUNTS, ANONYMOUS, ANOTHER)

PRIVILEGED_FIRST = (ADMIN, EDITOR, A, B, ANONYMOUS, ANOTHER)

REGISTER = "/accounts/register/"


class CantPlant(Exception):
    """The site does not take what a canary needs; the text is one line that says what."""


@dataclass(frozen=True)
class Person:
    """username, display and email: unique in the world. registered: the site's answer to it."""

    name: str
    username: str
    display: str
    email: str
    visitor: Visitor
    registered: Answer


def registered(prefix: str, name: str) -> Person:
    """A fresh account, logged in. prefix: what the names of this run begin with."""
    username = f"{prefix}-{name.rpartition(' ')[2].lower()}"
    display, password = username.title(), word()
    visitor = Visitor()
    answer = visitor.post(
        REGISTER, REGISTER, username=username, display_name=display,
        password1=password, password2=password,
    )  # fmt: skip
    if answer.status != 302:
        raise CantPlant(f"{username} could not register: the site answered {answer.status}")
    return Person(name, username, display, f"{username}@lab.invalid", visitor, answer)


def promoted(people: Mapping[str, Person]) -> dict[str, int]:
    """Gives addresses and rights, for which the site has no form; each one's number, by name."""
    rows = [
        (each.username, each.email, each.name in STAFF, each.name == ADMIN)
        for each in people.values()
    ]
    numbers = literal_eval(
        stack.in_django(
            "[(User.objects.filter(username=name).update(email=email, is_staff=staff,"
            " is_superuser=root), staff and User.objects.get(username=name).groups.set("
            "User.objects.get(username='editor').groups.all()),"
            " User.objects.get(username=name).pk)[-1]"
            f" for name, email, staff, root in {rows!r}]"
        )
    )
    return dict(zip(people, numbers, strict=True))


def remove(prefix: str) -> None:
    """Takes the accounts back, with all that they wrote."""
    stack.in_django(
        f"User.objects.filter(username__startswith={prefix!r}).delete(),"
        f" Tag.objects.filter(slug__startswith={prefix!r}).delete()"
    )
