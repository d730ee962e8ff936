"""The clinic's own people: who they are, what is private to them, and how they visit the site.

They can't log in by a password. They stay once they were made, for the removal of a person ends
every page of the site that shows names; what they wrote is removed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module

import urllib3
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password

from magazine.models import User

PREFIX = "clinic-"
# A session that a killed run leaves behind ends after so many seconds.
SESSION = 120


def person(name: str, *, is_staff: bool = False) -> User:
    """One of the clinic's people, made at the first time."""
    made, _ = User.objects.get_or_create(
        username=PREFIX + name,
        defaults={
            "display_name": f"{name.title()} of the clinic",
            "password": make_password(None),
            "is_staff": is_staff,
        },
    )
    return made


def is_ours(user: object) -> bool:
    return isinstance(user, User) and user.username.startswith(PREFIX)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with a browser; without a session nobody knows who."""

    name: str
    session: str = ""

    def get(self, path: str) -> str:
        """What the site showed at this path, by HTTP, whatever its status."""
        cookie = f"{settings.SESSION_COOKIE_NAME}={self.session}"
        with urllib3.PoolManager(timeout=20.0, retries=False) as pool:
            answer = pool.request(
                "GET",
                settings.CLINIC_SITE + path,
                headers={"Cookie": cookie} if self.session else {},
                redirect=False,
            )
        return answer.data.decode("utf-8", "replace")


STRANGER = Visitor("somebody without an account")


@contextmanager
def logged_in(user: User) -> Iterator[Visitor]:
    """The person with a session, which ends with the block."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.set_expiry(SESSION)
    session.save()
    try:
        yield Visitor(user.name, session.session_key)
    finally:
        session.delete()
