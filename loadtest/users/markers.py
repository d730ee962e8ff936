"""What an answer must hold to be the page that was asked for, and what it must not.

Bytes that only this page has, found by one search: an error page, another page or somebody else's page
in its place is a failure, however fast it came.
"""

from __future__ import annotations

FRONT = b"The newest articles</h1>"
WIRE = b"<h1>The wire</h1>"
FEED = b"<feed"
PHOTOS = b"<h1>Photos</h1>"
CLIPS = b"<h1>Clips</h1>"
CRUMB = b'<p class="crumb">'
FORM_TOKEN = b"csrfmiddlewaretoken"

GREETING = b'Hello, <a href="/authors/'
"""Only on pages made for one person: on anybody else's it is a leak."""


WRITTEN = "Written in the load test"
"""How each comment and letter of the load begins, and the standfirst of each of its posts, so that they can
be told from what people wrote, and taken back."""


def post(path: str) -> bytes:
    return f'rel="canonical" href="{path}"'.encode()


def tag(name: str) -> bytes:
    return f"Tag:</span> {name}</h1>".encode()


def greeting(username: str) -> bytes:
    return GREETING + username.encode() + b'/"'
