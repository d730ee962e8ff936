"""Runs all attacks, and says which of them a clean visitor could tell."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPMessage

from ... import stack
from ...leaks.probes import COOKIES
from ...visitor import Answer, Visitor, first_asset, first_post, member
from .. import wire
from ..kept import empty
from .attack import Attack
from .deceptions import targets
from .outsiders import OUTSIDERS
from .poisons import ERRORS, UNKEYED
from .smuggling import SMUGGLING, Smuggle

INBOX = "/inbox/"

# Headers that differ from answer to answer, or say how a body is framed.
VOLATILE = frozenset(
    {"age", "cache-status", "date", "x-request-id"}
    | {"accept-ranges", "connection", "content-length", "transfer-encoding", "keep-alive"}
)

AT_ONCE = 6
"""Smuggling attacks: they leave nothing kept, and some wait for an answer that never comes."""


@dataclass(frozen=True)
class Failure:
    """An attack that left something, on which page, and what."""

    attack: str
    page: str
    what: str

    def __str__(self) -> str:
        return f"{self.attack}, on {self.page}: {self.what}"


@dataclass
class Tried:
    """How many attacks of each class were made, and what they left."""

    attempts: dict[str, int] = field(default_factory=dict)
    failures: dict[str, list[Failure]] = field(default_factory=dict)

    def note(self, kind: str, found: Iterable[Failure]) -> None:
        self.attempts[kind] = self.attempts.get(kind, 0) + 1
        self.failures.setdefault(kind, []).extend(found)


@dataclass(frozen=True)
class Page:
    """An address and what a clean visitor is shown there. kept: whether the edge keeps it."""

    path: str
    clean: Answer
    kept: bool


def run(short: bool = False, tell: Callable[[str], object] = str) -> Tried:
    """All attacks; with `short`, each on one kind of page only. Raises stack.CommandError where
    nothing would be proven."""
    tried = Tried()
    visitor = Visitor()
    post, asset = first_post(visitor), first_asset(visitor)
    search = "/search/?q=debian"
    pages = [seen(path) for path in (post, *(() if short else ("/", search, "/feed.atom", asset)))]
    tell(f"pages attacked: {', '.join(page.path for page in pages)}")
    for kind, attacks in {"unkeyed inputs": UNKEYED, "errors": ERRORS}.items():
        for page in pages:
            for attack in attacks:
                tried.note(kind, poisoned(attack, page))
    for attack in OUTSIDERS:
        tried.note("purges from outside", outside(attack, pages[0]))
    reader = member()
    for attack in disguised(reader.cookies["sessionid"]):
        for page in pages:
            tried.note("sessions in disguise", poisoned(attack, page))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for left in pool.map(lambda each: smuggled(each, post), SMUGGLING):
            tried.note("request smuggling", left)
    for left in deceived(reader, short):
        tried.note("cache deception", left)
    return tried


def seen(path: str) -> Page:
    """What a clean visitor is shown. Raises stack.CommandError where that is no page."""
    empty()
    Visitor().get(path)
    again = Visitor().get(path)
    if again.status != 200:
        raise stack.CommandError(f"{path} is answered with {again.status} before any attack")
    return Page(path, again, again.is_hit)


def poisoned(attack: Attack, page: Page) -> Iterator[Failure]:
    """Attacks a page of which nothing is kept, then asks for it twice as a clean visitor."""
    empty()
    canary = f"canary{secrets.token_hex(6)}"
    wire.exchange(attack.request(page.path, canary, wire.host()))
    first, second = Visitor().get(page.path), Visitor().get(page.path)
    for answer in (first, second):
        if problem := changed(answer, page.clean, canary):
            yield Failure(attack.name, page.path, problem)
            return
    if page.kept and not second.is_hit:
        yield Failure(attack.name, page.path, f"it is kept no more ({second.cache_status})")


def changed(answer: Answer, clean: Answer, canary: str) -> str:
    """How a clean visitor's answer differs from what it was, in words; "" where it does not."""
    if canary.encode() in answer.body or canary in str(answer.headers):
        return "a clean visitor is shown the attacker's word"
    if answer.status != clean.status:
        return f"a clean visitor is answered with {answer.status}"
    if answer.body != clean.body:
        return f"a clean visitor is shown another page ({len(answer.body)} bytes)"
    ours, theirs = lasting(clean.headers), lasting(answer.headers)
    for name in {**ours, **theirs}:
        if ours.get(name) != theirs.get(name):
            return f"a clean visitor gets {name}: {theirs.get(name)}, not {ours.get(name)}"
    return ""


def lasting(headers: HTTPMessage) -> dict[str, str]:
    pairs = {name.lower(): value for name, value in headers.items()}
    return {name: value for name, value in pairs.items() if name not in VOLATILE}


def outside(attack: Attack, page: Page) -> Iterator[Failure]:
    """Attacks a page that is kept, which must stay so."""
    Visitor().get(page.path)
    sent = wire.exchange(attack.request(page.path, "x", wire.host()))
    status = statuses(sent.data, attack.method)
    if attack.method not in ("GET", "POST") and any(code < 400 for code in status):
        yield Failure(attack.name, page.path, f"it is answered with {status[0]}")
    after = Visitor().get(page.path)
    if not after.is_hit:
        yield Failure(attack.name, page.path, f"the page is kept no more ({after.cache_status})")


def smuggled(attack: Smuggle, path: str) -> list[Failure]:
    """Sends two requests as one; the second must not be answered."""
    canary = f"canary{secrets.token_hex(6)}"
    second = f"GET /{canary} HTTP/1.1\r\nHost: {wire.host()}\r\nConnection: close\r\n\r\n"
    sent = wire.exchange(attack.request(path, second, wire.host()))
    problem = misread(sent)
    return [Failure(attack.name, path, problem)] if problem else []


def misread(sent: wire.Exchange) -> str:
    """What an answer to a smuggling attack shows of how it was read, in words; "" is as it must be:
    whatever the first request is answered with, nothing that follows it is heard (RFC 9112, 6.3)."""
    try:
        status = statuses(sent.data)
    except ValueError as error:
        return str(error)
    if len(status) > 1:
        return f"a second request was answered ({', '.join(map(str, status))})"
    if not sent.closed:
        said = f"it was answered with {status[0]}" if status else "it was not answered"
        return f"{said}, and the connection left open"
    return ""


def statuses(data: bytes, method: str = "GET") -> Sequence[int]:
    return [response.status for response in wire.responses(data, method)]


def disguised(session: str) -> list[Attack]:
    """A member's visits to pages for all, with a session that one layer sees and another does not."""
    cookies = [form.format(session=session) for form in ("sessionid={session}", *COOKIES)]
    return [
        Attack(f"session ({form})", headers=(f"Cookie: {cookie}",))
        for form, cookie in zip(("plain", *COOKIES), cookies, strict=True)
    ]


def deceived(reader: Visitor, short: bool) -> Iterator[list[Failure]]:
    """Has a member ask for private pages in every disguise, and then a stranger. A list for each."""
    canary = f"canary{secrets.token_hex(6)}"
    number = plant(reader, canary)
    cookie = f"Cookie: sessionid={reader.cookies['sessionid']}"
    private = [INBOX] if short else [INBOX, f"{INBOX}{number}/"]
    try:
        for path in private:
            if canary.encode() not in reader.get(path).body:
                raise stack.CommandError(f"{path} does not show the member's canary")
            for target in targets(path):
                yield list(deception(target, path, cookie, canary))
    finally:
        stack.in_django(f"Message.objects.filter(subject={canary!r}).delete()")


def plant(reader: Visitor, canary: str) -> int:
    """The number of a message that only this member may read, with the canary in it."""
    answer = reader.post("/inbox/new", "/inbox/new", to="member", subject=canary, body=canary)
    if answer.status != 302:
        raise stack.CommandError(f"the canary's message is answered with {answer.status}")
    return int(stack.in_django(f"Message.objects.get(subject={canary!r}).pk"))


def deception(target: str, path: str, cookie: str, canary: str) -> Iterator[Failure]:
    lured = wire.exchange(
        Attack("", target=target, headers=(cookie,)).request(path, "", wire.host())
    )
    stored = b"; stored" in lured.data or b"varnish; hit" in lured.data
    if stored and canary.encode() in lured.data:
        yield Failure(target, path, "a private page was kept")
    stranger = wire.exchange(Attack("", target=target).request(path, "", wire.host()))
    if canary.encode() in stranger.data:
        yield Failure(target, path, "a stranger was shown it")
