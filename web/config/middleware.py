"""What keeps a page the same bytes for everybody, and notices where it can't be.

Django's own middleware reads the session to learn who asks. Reading it marks the response
`Vary: Cookie`, and no shared cache can keep that. A request without a session cookie has no
session to read: it is nobody, and nobody has no messages. But where the edge gives members the pages
that it keeps, a page that has asked is for nobody else, whatever the answer was.
"""

from django.conf import settings
from django.contrib.auth import middleware as auth
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import middleware as messages
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from caching import for_one_reader
from caching.parts import can_compose


def has_session(request: HttpRequest) -> bool:
    """Whether the request brings a session cookie, valid or not."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def member_of(request: HttpRequest) -> AbstractBaseUser | AnonymousUser:
    """Whose session it is. Raises PrivateInPublic where that was about to become everybody's."""
    for_one_reader("request.user")
    return auth.get_user(request)


def nobody() -> AnonymousUser:
    """Somebody who asked without a session. Raises as `member_of` does."""
    for_one_reader("request.user")
    return AnonymousUser()


class AuthenticationMiddleware(auth.AuthenticationMiddleware):
    """Django's, but a request without a session cookie is anonymous without looking; and a view
    that looks at its user makes the page private."""

    def process_request(self, request: HttpRequest) -> None:
        if has_session(request):
            super().process_request(request)
            request.user = SimpleLazyObject(lambda: member_of(request))  # type: ignore[assignment]
            return
        if can_compose(request):
            request.user = SimpleLazyObject(nobody)  # type: ignore[assignment]
        else:
            request.user = AnonymousUser()

        async def who() -> AnonymousUser:
            return nobody()

        request.auser = who


class MessageMiddleware(messages.MessageMiddleware):
    """Django's; its storage reads cookies and sessions only when a view or template asks it."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        storage = getattr(request, "_messages", None)
        if storage is None or not (storage.used or storage.added_new or has_session(request)):
            return response
        return super().process_response(request, response)
