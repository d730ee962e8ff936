"""A token that one person was given must be of no use to another."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from .asking import Probe
from .oracle import TOKEN, Oracle
from .people import CantPlant, Person
from .tokens import IN_FORM

FORM = "/inbox/new"
KIND = {"Content-Type": "application/x-www-form-urlencoded"}


def forge(oracle: Oracle, people: Mapping[str, Person]) -> None:
    """Everybody sends a form with the token of everybody else."""
    tokens = {name: token_of(person) for name, person in people.items()}
    for name, person in people.items():
        for owner in people.keys() - {name}:
            fields = {"csrfmiddlewaretoken": tokens[owner], "to": "", "subject": "", "body": ""}
            answer = person.visitor.send(FORM, "POST", urlencode(fields).encode(), KIND)
            oracle.hear(name, Probe(FORM, "POST"), answer)
            if answer.status != 403:
                oracle.tell(f"{TOKEN}, accepted", owner, name, Probe(FORM, "POST"), answer)


def token_of(person: Person) -> str:
    found = IN_FORM.search(person.visitor.get(FORM).body)
    if not found:
        raise CantPlant(f"{FORM} holds no token for {person.name}")
    return found[1].decode()
