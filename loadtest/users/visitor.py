"""What every kind of visitor shares: asking, checking the answer, and staying repeatable.

A visitor says what it does in `visit()`: a page or a few, as one person would. Requests are named
`category/what`; the categories (page, member, asset, feed, personal, write, check) are what the benchmark
tells apart, because each takes another way through the stack: `member` is a page that all share, with
parts of one's own in it, and `personal` one that is nobody else's. A `check` looks at what a write has
just changed: no page view, and a miss at the edge whatever it keeps.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any, ClassVar
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from locust import FastHttpUser, task
from locust.contrib.fasthttp import FastResponse
from locust.env import Environment

from users import markers
from users.acknowledged import Acknowledged
from users.gate import Gate
from users.site import Site, learn

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that was checked and found good."""

    status: int
    body: bytes
    headers: Any


@dataclass
class Ground:
    """What all visitors of one run stand on."""

    site: Site
    seed: int
    gate: Gate = field(default_factory=Gate)
    acknowledged: Acknowledged = field(default_factory=Acknowledged)
    numbers: count[int] = field(default_factory=count)


class Response(FastResponse):
    """Locust's, but an answer without a body (a 304 that says how its page is compressed) is empty
    and no broken archive."""

    def unzipped(self, gzip: bool = True, br: bool = False) -> bytes:
        if self.status_code == 304:
            return b""
        unzipped: bytes = super().unzipped(gzip, br)
        return unzipped


class Visitor(FastHttpUser):
    """A person with a browser. Subclasses say what they do in `visit`."""

    abstract = True
    network_timeout = 10.0
    connection_timeout = 5.0

    ground: ClassVar[Ground]
    forbidden: ClassVar[bytes] = markers.GREETING
    """What no page for this kind of visitor may hold."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.client.client.response_type = Response
        self.number = next(self.ground.numbers)
        # From the seed and the visitor's number only: the same run asks for the same pages.
        self.random = Random(f"{self.ground.seed} {type(self).__name__} {self.number}")

    @classmethod
    def arrive(cls, environment: Environment) -> None:
        """Called once in each run, before anybody of this kind visits. Most need nothing."""

    @task
    def turn(self) -> None:
        self.visit()

    def visit(self) -> None:
        raise NotImplementedError(f"{type(self).__name__} says what it does in visit()")

    def get(self, name: str, path: str, marker: bytes = b"", **options: Any) -> Reply | None:
        """Ask for a page that must hold `marker`."""
        return self.ask("GET", name, path, marker=marker, **options)

    def post(self, name: str, path: str, fields: dict[str, str]) -> Reply | None:
        """Send a form; the site answers a form it took with a redirect, which is not followed."""
        return self.ask("POST", name, path, fields=fields, accept=(302, 303))

    def ask(
        self,
        method: str,
        name: str,
        path: str,
        *,
        marker: bytes = b"",
        kind: str = "",
        accept: tuple[int, ...] = (200,),
        headers: dict[str, str] | None = None,
        fields: dict[str, str] | None = None,
    ) -> Reply | None:
        """One request. None, and a failure on the record, when the answer is not the one expected.

        `kind` is how the Content-Type must begin; an answer 304 has no body to hold a marker.
        """
        with (
            self.ground.gate.passing(),
            self.client.request(
                method,
                path,
                name=name,
                data=urlencode(fields) if fields else None,
                headers={**FORM, **(headers or {})} if fields else headers,
                allow_redirects=False,
                catch_response=True,
            ) as response,
        ):
            wrong = _wrong(response, accept, marker, kind, self.forbidden)
            if wrong:
                response.failure(wrong)
                return None
            response.success()
            return Reply(response.status_code, response.content or b"", response.headers)


def _wrong(
    response: Any, accept: tuple[int, ...], marker: bytes, kind: str, forbidden: bytes
) -> str:
    """What is wrong with an answer, in few words, so that equal failures are counted together."""
    if response.status_code == 0:
        return f"no answer: {type(response.error).__name__}"
    if response.status_code not in accept:
        return f"status {response.status_code}"
    if response.status_code == 304:
        return ""
    if kind and not str(response.headers.get("content-type", "")).startswith(kind):
        return f"not {kind}: {response.headers.get('content-type')}"
    body = response.content or b""
    if marker and marker not in body:
        return "wrong page: its marker is missing"
    if forbidden and marker and forbidden in body:
        return "leak: a page made for somebody else"
    return ""


def prepare(host: str, alpha: float, seed: int, most: int = 0) -> Ground:
    """Learn the site and put all visitors on it. Raises OSError or site.NothingToVisit."""

    def fetch(path: str) -> bytes:
        request = Request(host.rstrip("/") + path, headers={"User-Agent": "lab"})
        with urlopen(request, timeout=Visitor.network_timeout) as response:
            body: bytes = response.read()
            return body

    Visitor.host = host
    Visitor.ground = Ground(learn(fetch, alpha, seed, most), seed)
    return Visitor.ground
