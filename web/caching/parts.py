"""One reader's own parts of a page that is the same for everybody: Edge Side Includes.

A cache downstream that can put them in says so in each request (Surrogate-Capability,
https://www.w3.org/TR/edge-arch). Such a page is made without a look at who asks; where something
of the reader's own belongs, it holds what a reader without a session sees, and beside it an address
that the edge asks with the reader's cookies (https://www.w3.org/TR/esi-lang). A browser that is
given the page as it is shows the first, and takes the second for a comment.
"""

from __future__ import annotations

import re

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from . import page
from .computing import refuse_private

CAPABILITY = re.compile(r'=\s*"(?:[^"]*[\s/])?ESI/1\.0(?:\s[^"]*)?"')
CONTENT = 'content="ESI/1.0"'
MARK = b"<!--esi "


def can_compose(request: HttpRequest) -> bool:
    """Whether a cache downstream has said that it puts parts in."""
    return bool(CAPABILITY.search(request.headers.get("Surrogate-Capability", "")))


def composes(request: HttpRequest) -> bool:
    """Whether to make the page of a GET or HEAD for everybody, and leave the parts to the edge.

    Not where something has looked at who asks before: that page is one reader's in any case, and is
    cheaper made at once.
    """
    made = page.current()
    if made is None or request.method not in ("GET", "HEAD") or not can_compose(request):
        return False
    if made.private or looked_at_session(request):
        return False
    made.composed = True
    return True


def looked_at_session(request: HttpRequest) -> bool:
    """Whether anything has read or changed the session of this request."""
    session = getattr(request, "session", None)
    return bool(session is not None and (session.accessed or session.modified))


def for_one_reader(what: str) -> None:
    """Says that `what` depends on who asks: the page that is being made is private from here on.

    Raises PrivateInPublic where a public value is being computed.
    """
    refuse_private(what)
    made = page.current()
    if made is not None:
        made.private = True


def place(default: SafeString, src: str) -> SafeString:
    """A place in a page. default: what is there for who has no session. src: the part's address."""
    return format_html(
        '<esi:remove>{}</esi:remove><!--esi <esi:include src="{}"/>-->', default, src
    )


def may_post(request: HttpRequest) -> bool:
    """Whether a form in a part would be accepted: the browser holds the CSRF cookie that its token
    belongs to. A part can't set one, for the edge delivers only its body."""
    return "CSRF_COOKIE" in request.META and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
