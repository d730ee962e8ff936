"""What every kind of visitor shares: asking, checking the answer, and staying repeatable.

A visitor says what it does in `visit()`: a page or a few, as one person would. Requests are named
`category/what`; the categories (page, member, asset, feed, personal, write) are what the benchmark tells
apart, because each takes another way through the stack: `member` is a page that all share, with parts
of one's own in it, and `personal` one that is nobody else's. `truth` are the sampler's (users.truth): real
requests that the servers count, and no part of the load.
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
from users.overheard import Overheard
from users.site import Site, learn

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that was checked and found good. stale: it lacks what was acknowledged before."""

    status: int
    body: bytes
    headers: Any
    stale: bool = False


@dataclass
class Ground:
    """What all visitors of one run stand on."""

    site: Site
    seed: int
    gate: Gate = field(default_factory=Gate)
    acknowledged: Acknowledged = field(default_factory=Acknowledged)
    overheard: Overheard = field(default_factory=Overheard)
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
        again: bool = False,
    ) -> Reply | None:
        """One request. None, and a failure on the record, when the answer is not the one expected.

        `kind` is how the Content-Type must begin; an answer 304 has no body to hold a marker. `again`: the
        page was stale, and is only asked for to see whether it still is.
        """
        with self.ground.gate.passing():
            floor = self.ground.acknowledged.floor(path) if method == "GET" else None
            with self.client.request(
                method,
                path,
                name=name,
                data=urlencode(fields) if fields else None,
                headers={**FORM, **(headers or {})} if fields else headers,
                allow_redirects=False,
                catch_response=True,
            ) as response:
                leak = self.overhear(f"{name} {path}", response, marker)
                wrong = f"leak: {leak}" if leak else _wrong(response, accept, marker, kind)
                if wrong:
                    response.failure(wrong)
                    return None
                response.success()
                body = response.content or b""
                # A refusal and a "not modified" show nothing that could be old.
                shown = floor if response.status_code == 200 else None
                stale = self.ground.acknowledged.check(shown, body, again=again)
                return Reply(response.status_code, body, response.headers, stale)

    def overhear(self, where: str, response: Any, marker: bytes) -> str:
        """What an answer tells that is not for this visitor, in few words; empty for nothing.

        Pages only, which are what is asked for with a marker."""
        if not (self.forbidden and marker and response.content):
            return ""
        found = self.forbidden in response.content
        return self.ground.overheard.note(where, "a page made for somebody else" if found else "")


def _wrong(response: Any, accept: tuple[int, ...], marker: bytes, kind: str) -> str:
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
