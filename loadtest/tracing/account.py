"""Being somebody of the site for one request, without a password and without a trace left behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from checks import stack

# Should it not be taken back, it ends by itself.
SECONDS = 300

OPEN = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
user = get_user_model().objects.filter(username={name!r}, is_active=True).first()
key = ""
if user:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = user._meta.pk.value_to_string(user)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.set_expiry({seconds})
    session.create()
    key = session.session_key
print("=", key)
"""
CLOSE = """
from importlib import import_module
from django.conf import settings
import_module(settings.SESSION_ENGINE).SessionStore({key!r}).delete()
"""


class UnknownUser(Exception):
    """Nobody of this name may log in; the text is one line."""


@contextmanager
def session_of(name: str) -> Iterator[str]:
    """A session's key, for as long as the block runs. Not Django's login: that would write the
    person's last visit. Raises UnknownUser."""
    said = _shell(OPEN.format(name=name, seconds=SECONDS))
    key = next((line[2:] for line in said.splitlines() if line.startswith("= ")), "").strip()
    if not key:
        raise UnknownUser(f"{name!r}: the site has no such user who may log in")
    try:
        yield key
    finally:
        _shell(CLOSE.format(key=key))


def _shell(code: str) -> str:
    return stack.inside("web", "python", "manage.py", "shell", "-c", code)
