"""What Varnish does with requests, as cases: a name, the requests in order, and their outcomes."""

import re
from dataclasses import dataclass, field

import pytest

from checks import stack
from checks.visitor import Visitor, first_asset, first_post

POST, ASSET = "{post}", "{asset}"  # filled in with addresses that exist


@dataclass(frozen=True)
class Step:
    """One request and what must be true of its answer: patterns are searched, None is absence."""

    path: str
    status: int = 200
    headers: dict[str, str | None] = field(default_factory=dict)
    method: str = "GET"
    sends: dict[str, str] = field(default_factory=dict)


STORED = {"Cache-Status": r"varnish; fwd=miss; stored"}
HIT = {"Cache-Status": r"varnish; hit; ttl=\d+"}
NOT_SHARED = {"Cache-Status": r"varnish; fwd=(bypass|miss)", "Cache-Control": r"private|no-store"}
COMPOSED = {"Cache-Control": "^private, no-store$", "ETag": None, "Last-Modified": None}
COOKIES_OF_OTHERS = {"Cookie": "_ga=GA1.2.3; theme=dark"}
A_SESSION = {"Cookie": "sessionid=0123456789abcdef"}

CASES = {
    "a page is a miss first and a hit then": [Step("/", headers=STORED), Step("/", headers=HIT)],
    "a post is a miss first and a hit then": [Step(POST, headers=STORED), Step(POST, headers=HIT)],
    "the style sheet is a miss first, a hit then, and immutable for browsers": [
        Step(ASSET, headers=STORED | {"Cache-Control": "immutable"}),
        Step(ASSET, headers=HIT | {"Content-Type": "text/css"}),
    ],
    "HEAD is answered from the copy that GET made": [
        Step("/", headers=STORED),
        Step("/", method="HEAD", headers=HIT),
    ],
    "cookies that mean nothing to the site make no copy of their own": [
        Step("/", headers=STORED),
        Step("/", sends=COOKIES_OF_OTHERS, headers=HIT),
    ],
    "parameters that the site knows do make a copy of their own": [
        Step("/search/?q=debian", headers={"Cache-Status": "fwd=miss"}),
        Step("/search/?q=linux", headers={"Cache-Status": "fwd=miss"}),
    ],
    "whoever brings a session gets the shared copy, as a page that is theirs alone": [
        Step("/", headers=STORED),
        Step("/", sends=A_SESSION, headers=HIT | COMPOSED),
        Step("/", headers=HIT | {"Cache-Control": "^public, "}),
    ],
    "whoever brings a session makes the shared copy": [
        Step("/board/", sends=A_SESSION, headers=STORED | COMPOSED),
        Step("/board/", headers=HIT | {"Cache-Control": "^public, "}),
    ],
    "a page's condition does not speak for its parts": [
        Step(POST, headers=STORED),
        Step(POST, sends=A_SESSION | {"If-None-Match": "*"}, headers=HIT | COMPOSED),
    ],
    "a part is never kept": [
        Step("/my/masthead", headers=NOT_SHARED),
        Step("/my/masthead", sends=A_SESSION, headers=NOT_SHARED),
    ],
    "what there is to be said between the edge and the site stays there": [
        Step("/", headers={"Surrogate-Control": None, "X-Edge-Parts": None, "X-Edge-Mark": None}),
    ],
    "a page with a form's token is never kept": [
        Step("/accounts/login/", headers=NOT_SHARED),
        Step("/accounts/login/", headers=NOT_SHARED),
    ],
    "tags and the purge's keys stay inside": [
        Step("/", headers={"Surrogate-Key": None, "xkey": None, "X-Purge-Token": None}),
    ],
    "a page sets no cookie for whoever only reads": [Step("/", headers={"Set-Cookie": None})],
    "purging is not for the public port": [Step("/", status=405, method="PURGE")],
    "a page that does not exist is 404": [Step("/posts/no-such-post-here/", status=404)],
    "an object that does not exist is 404, without a word of S3": [
        Step("/static/no-such-object.css", status=404, headers={"Content-Type": r"^(?!.*xml)"}),
    ],
    "dot segments do not lead out of the public folders": [
        Step("/static/../secret", status=400),
        Step("/media/%2e%2e/secret", status=400),
    ],
    "objects can't be written from outside": [Step("/static/mine.css", status=405, method="PUT")],
    "every answer names its request": [Step("/", headers={"X-Request-ID": r"^\d+-\d+$"})],
    "the feed is Atom": [Step("/feed.atom", headers={"Content-Type": "application/atom.xml"})],
}


@pytest.mark.parametrize("name", CASES)
def test_edge(name: str, visitor: Visitor) -> None:
    places = {POST: first_post(Visitor()), ASSET: first_asset(Visitor())}
    stack.forget_kept()  # finding them has filled the caches
    for number, step in enumerate(CASES[name], 1):
        path = places.get(step.path, step.path)
        answer = visitor.send(path, step.method, headers=step.sends)
        where = f"{name}: request {number}, {step.method} {path}"
        assert answer.status == step.status, f"{where}: {answer.status}, not {step.status}"
        for header, pattern in step.headers.items():
            value = answer.headers.get(header)
            if pattern is None:
                assert value is None, f"{where}: {header} must not be there, and is {value}"
            else:
                assert re.search(pattern, value or ""), (
                    f"{where}: {header} is {value!r}, not {pattern!r}. "
                    f"Look at varnish/features/, then: ./scripts/lab logs varnish"
                )
