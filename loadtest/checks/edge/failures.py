"""What readers and writers see while the site, one of its replicas, or the edge itself is away."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from http.client import HTTPException
from threading import Event, Thread

from docker.errors import DockerException, NotFound
from docker.models.containers import Container

from .. import stack
from ..faults.engine import FaultError, container, containers, inside
from ..visitor import Answer, Visitor, first_post
from .asked import Asked
from .figures import Line, Part
from .throwaway import token

RATE = 20.0
"""Requests a second: a small steady load."""

AWAY, SHORT_AWAY = 15.0, 8.0
AGED = 12.0
"""Seconds after which a page that was kept for one second is shown only where no new one is to be had."""

NOTICED = 6.0
"""Seconds in which Varnish finds out that no replica is left (varnish/backends.vcl)."""

REFUSED_WITHIN = 15.0
GIVEN_UP_WITHIN = 65.0
"""Seconds: Varnish and nginx give a request up after sixty."""

DELIVERED_WITHIN = 2.0
BACK = 60.0
"""Seconds in which what was stopped must answer again."""


Fault = Callable[[list[Container]], AbstractContextManager[None]]
"""Breaks these containers for the time of a `with` block."""


class Readers:
    """Ask again and again within a `with` block, at a steady rate; `answers` has what came, None
    where nothing did."""

    def __init__(self, asks: Sequence[Callable[[], Answer]], rate: float = RATE) -> None:
        self._asks = asks
        self._rate = rate
        self._stop = Event()
        self._thread = Thread(target=self._run, daemon=True)
        self.answers: list[Answer | None] = []

    def __enter__(self) -> Readers:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        start, asked = time.monotonic(), list[Future[Answer | None]]()
        with ThreadPoolExecutor(64) as pool:
            while not self._stop.wait(max(0.0, start + len(asked) / self._rate - time.monotonic())):
                asked.append(pool.submit(attempt, self._asks[len(asked) % len(self._asks)]))
        self.answers = [each.result() for each in asked]


def attempt(ask: Callable[[], Answer]) -> Answer | None:
    """The answer, or None where the connection broke or took too long."""
    try:
        return ask()
    except (OSError, HTTPException):
        return None


class Version:
    """One of the lab's pages of versions (web/freshness), with a row of its own."""

    def __init__(self) -> None:
        self.key = secrets.randbelow(900_000_000)
        self.path = f"/lab/versions/{self.key}/"
        self._token = {"X-Lab-Token": token()}
        self._rows("create(key={key})")

    def remove(self) -> None:
        self._rows("filter(key={key}).delete()")

    def _rows(self, what: str) -> None:
        rows = "__import__('freshness.models').models.Versioned.objects"
        stack.in_django(f"{rows}.{what.format(key=self.key)}")

    def get(self, lifetime: int = 0) -> Answer:
        """As a reader; or, with a lifetime, so that what is kept ages after so many seconds."""
        asked = {**self._token, "X-Lab-Lifetime": str(lifetime)} if lifetime else {}
        return Visitor().send(self.path, headers=asked)

    def post(self) -> Answer:
        """Writes the next version, through the edge."""
        return Visitor().send(self.path, "POST", b"", self._token)

    def post_behind(self) -> str:
        """Writes the next version from behind the edge; what the page shows from then on."""
        code = (
            "import os, sys, urllib.request as r;"
            "q = r.Request(sys.argv[1], b'', {'X-Lab-Token': os.environ['LAB_PURGE_TOKEN']});"
            "print(r.urlopen(q, timeout=60).read().decode().strip())"
        )
        return inside(
            container("web"), "python", "-c", code, f"http://nginx:8080{self.path}"
        ).strip()


@contextmanager
def a_version() -> Iterator[Version]:
    made = Version()
    try:
        yield made
    finally:
        made.remove()


@contextmanager
def broken(
    those: list[Container], fault: Callable[[Container], None], healing: Callable[[Container], None]
) -> Iterator[None]:
    try:
        for each in those:
            fault(each)
        yield
    finally:
        for each in those:
            with suppress(DockerException):
                healing(each)


def stopped(those: list[Container]) -> AbstractContextManager[None]:
    """Killed, and started again."""
    return broken(those, Container.kill, Container.start)


def paused(those: list[Container]) -> AbstractContextManager[None]:
    """Frozen: they take connections and answer nothing."""
    return broken(those, Container.pause, Container.unpause)


def part(asked: Asked) -> Part:
    away = SHORT_AWAY if asked.short else AWAY
    lines: list[Line] = []
    try:
        for what, service, fault, bound in AWAYS:
            lines += site_away(what, fault(containers(service)), away, bound)
        lines += replica_away("killed", stopped, away)
        lines += replica_away("frozen", paused, away)
        lines += edge_restarted()
        lines += edge_paused()
    finally:
        stack.up()
    return Part(lines)


AWAYS: tuple[tuple[str, str, Fault, float], ...] = (
    ("all replicas stopped", "web", stopped, REFUSED_WITHIN),  # no connection
    # A connection and no answer, which nobody can tell from a slow one before it is given up.
    ("all replicas frozen", "web", paused, GIVEN_UP_WITHIN),
    ("database stopped", "postgres", stopped, REFUSED_WITHIN),  # an answer, which is an error
)
"""What is away, the service, how, and in how many seconds a write must be refused."""


def site_away(
    what: str, fault: AbstractContextManager[None], seconds: float, bound: float
) -> list[Line]:
    """The site can make no page: readers get the last good ones, writers a clear no."""
    visitor = Visitor()
    with a_version() as version:
        fresh = ["/", first_post(visitor)]
        right = {path: kept(path) for path in fresh}
        version.get(lifetime=1)
        last = version.get(lifetime=1).body
        time.sleep(AGED)
        with fault:
            time.sleep(NOTICED)
            asks: list[Callable[[], Answer]] = [partial(visitor.get, path) for path in fresh]
            asks.append(version.get)
            began = time.monotonic()
            with Readers(asks) as readers:
                written = attempt(version.post)
                refused = time.monotonic() - began
                time.sleep(max(0.0, seconds - refused))
        await_site(version)
    good = [answer for answer in readers.answers if answer and answer.status == 200]
    aged = [answer for answer in good if answer.body == last and "stale" in answer.cache_status]
    shown = {*right.values(), last}
    return [
        Line(f"{what}: reads", len(readers.answers), least=1),
        Line(f"{what}: reads that failed", len(readers.answers) - len(good), most=0),
        Line(
            f"{what}: pages that were not the last good ones",
            sum(a.body not in shown for a in good),
            most=0,
        ),
        Line(f"{what}: aged pages shown, and said to be stale", len(aged), least=1),
        Line(
            f"{what}: a write is answered with",
            written.status if written else 0,
            most=503,
            least=503,
        ),
        Line(f"{what}: after", refused, "s", most=bound),
    ]


def kept(path: str) -> bytes:
    """The page as the edge keeps it. Raises CommandError where it does not."""
    Visitor().get(path)
    answer = Visitor().get(path)
    if not answer.is_hit:
        raise stack.CommandError(f"{path} is not kept ({answer.cache_status})")
    return answer.body


def replica_away(how: str, fault: Fault, seconds: float) -> list[Line]:
    """One of several replicas goes away under load that no cache answers. Reads may be asked again
    of another replica, so none fails."""
    replicas = containers("web")
    if len(replicas) < 2:
        raise FaultError("there is one replica only: LAB_REPLICAS=2 ./scripts/lab up")
    session = {"Cookie": f"sessionid={secrets.token_hex(16)}"}  # the edge hands it on
    with Readers([lambda: Visitor().send("/board/", headers=session)]) as readers:
        time.sleep(2)
        with fault(replicas[:1]):
            time.sleep(seconds)
        time.sleep(2)
    await_healthy(replicas[0])
    failed = [a for a in readers.answers if not a or a.status != 200]
    return [
        Line(f"one replica {how}: requests", len(readers.answers), least=1),
        Line(f"one replica {how}: requests that failed", len(failed), most=0),
    ]


def edge_restarted() -> list[Line]:
    """A write happens while the edge is stopped; it must not come back with what it kept."""
    varnish = container("varnish")
    with a_version() as version:
        kept(version.path)
        varnish.stop()
        try:
            began = time.monotonic()
            shown = version.post_behind()
            took = time.monotonic() - began
        finally:
            varnish.start()
        first = await_answer(version.get)
    return [
        Line("edge stopped: a write takes", took, "s", most=REFUSED_WITHIN),
        Line("edge started again: old pages shown", int(first.text.strip() != shown), most=0),
    ]


def edge_paused() -> list[Line]:
    """A write happens while the edge is frozen, so its purge can't be delivered; it is as soon as
    the edge is back."""
    with a_version() as version:
        kept(version.path)
        varnish = container("varnish")
        with paused([varnish]):
            shown = version.post_behind()
        back = time.monotonic()
        while version.get().text.strip() != shown:
            if time.monotonic() > back + BACK:
                raise FaultError("the purge was never delivered: ./scripts/lab logs relay")
            time.sleep(0.02)
        delivered = time.monotonic() - back
    return [
        Line(
            "edge paused: the purge is delivered after its return",
            delivered,
            "s",
            most=DELIVERED_WITHIN,
        )
    ]


def await_answer(ask: Callable[[], Answer]) -> Answer:
    """The first answer of the site that is no error. Raises FaultError."""
    until = time.monotonic() + BACK
    while time.monotonic() < until:
        answer = attempt(ask)
        if answer and answer.status == 200:
            return answer
        time.sleep(0.1)
    raise FaultError(f"the site does not answer again within {BACK:.0f} s: ./scripts/lab logs")


def await_site(version: Version) -> None:
    """Until a write goes through, and nobody is shown anything older."""
    written = await_answer(version.post)
    # It may be newer: a frozen replica does what it was asked once it goes on, also what was given up.
    if int(version.get().text) < int(written.text):
        raise FaultError("the edge shows an old page after the site's return")


def await_healthy(replica: Container) -> None:
    until = time.monotonic() + BACK
    while time.monotonic() < until:
        with suppress(NotFound):
            replica.reload()
            if replica.health == "healthy":
                return
        time.sleep(0.5)
    raise FaultError(f"{replica.name} does not get healthy: ./scripts/lab logs web")
