"""One store after the other: the site without a cache, then each fault, then everything put back."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import journal

from .. import stack
from ..visitor import Visitor, member
from .catalogue import Fault
from .engine import FaultError
from .figures import USED, Moments, Outcome, Sample, judge, p99
from .load import Load, attempt, comment
from .pages import Pages, explore
from .servers import SERVERS, Server

SWITCHED = ("varnish", "web", "relay")
WARM = 4.0  # seconds of load that are not counted: processes open connections, caches fill
CALM = 3.0  # seconds before a fault in which the usual hits are counted
WATCHED = 20.0  # seconds in which a healed store may come back
SETTLE = 2.0  # seconds after its return in which pages must still be right
WRITES = (0.2, 0.6)  # of the fault's time


@dataclass(slots=True)
class Site:
    """The site as it is without an upstream cache. p99, write: seconds; requests: that were timed."""

    pages: Pages
    writer: Visitor
    p99: float
    write: float
    requests: int


def without_cache(seconds: float) -> Site:
    """Measures the site with LAB_UPSTREAM=off, and keeps the bytes of its pages."""
    switch({"LAB_UPSTREAM": "off"})
    pages, writer = explore(Visitor()), member()
    with Load(pages):
        time.sleep(WARM)
    with Load(pages) as load:
        written = comment(writer, pages)
        time.sleep(seconds - written.seconds)
    bad = [s for s in [*load.samples, written] if s.failed or s.wrong]
    if bad:
        raise FaultError(
            f"{bad[0].page} failed ({bad[0].status} {bad[0].wrong}) without any fault, so nothing "
            "can be said of faults: ./scripts/lab logs web"
        )
    timed = sum(s.timed for s in load.samples)
    return Site(pages, writer, p99(load.samples), written.seconds, timed)


def try_all(
    server: Server, faults: Sequence[Fault], site: Site, seconds: float, one_setting: bool
) -> Iterator[Outcome]:
    """An outcome for each fault. one_setting: with Toxiproxy in the path for all of them, which
    saves a restart."""
    for proxied in (True,) if one_setting else (False, True):
        chosen = [fault for fault in faults if one_setting or fault.proxied == proxied]
        if chosen:
            connect(server, proxied)
        for fault in chosen:
            server.forget()
            with Load(site.pages):
                time.sleep(WARM)
            yield try_fault(server, fault, site, seconds)


def try_fault(server: Server, fault: Fault, site: Site, seconds: float) -> Outcome:
    """Breaks the store under load, heals it, and waits for it to be used again."""
    with Load(site.pages) as load:
        usual = hits_per_second(server, CALM)
        if not usual:
            raise FaultError(f"Django finds nothing in {server.service}: is a use switched off?")
        asked = time.monotonic()
        with fault.of(server, seconds):
            there = time.monotonic()
            journal.mark("fault", f"{server.service}: {fault.name}")
            before = server.hits() if fault.proxied else 0
            writes = list(write_at(site, [there + share * seconds for share in WRITES]))
            sleep_until(there + seconds)
            if fault.proxied and (server.hits() - before) / seconds > usual * USED:
                raise FaultError(f"{fault.name} was not felt: Django does not use Toxiproxy")
            healed = time.monotonic()
        journal.mark("fault", f"{server.service}: {fault.name} is over")
        back = time_until_used(server, usual * USED)
        time.sleep(SETTLE)
    moments = Moments(asked, there, healed)
    return judge(server.service, fault.name, load.samples, writes, moments, site.p99, back)


def write_at(site: Site, moments: Sequence[float]) -> Iterator[Sample]:
    for moment in moments:
        sleep_until(moment)
        yield comment(site.writer, site.pages)


def hits_per_second(server: Server, seconds: float) -> float:
    begin, hits = time.monotonic(), server.hits()
    time.sleep(seconds)
    # A server that was started meanwhile counts from 0 again.
    return max(0, server.hits() - hits) / (time.monotonic() - begin)


def time_until_used(server: Server, enough: float) -> float | None:
    """Seconds until there are so many hits a second, to the second; None if not while watched."""
    begin = time.monotonic()
    while (passed := time.monotonic() - begin) < WATCHED:
        with suppress(FaultError):  # it is only just starting
            if hits_per_second(server, 1.0) >= enough:
                return passed
    return None


def sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


def connect(server: Server, proxied: bool) -> None:
    """The site with this store, and with Toxiproxy between them if asked for."""
    through = {server.variable: "toxiproxy"} if proxied else {}
    switch({"LAB_UPSTREAM": server.service, **through}, *(["toxiproxy"] if proxied else []))


def switch(toggles: dict[str, str], *more: str) -> None:
    """Recreates what reads toggles; every page is made by Django, and dies by invalidation."""
    fixed = {"LAB_EDGE_PAGES": "off", "LAB_FRESHNESS": "invalidate"}
    stack.compose(
        *("--profile", "faults", "up", "-d", "--no-build", "--no-deps"),
        *("--wait", "--wait-timeout", "120", *SWITCHED, *more),
        toggles={**fixed, **toggles},
    )
    await_site()


def await_site() -> None:
    """Until nginx knows the new replicas. Raises FaultError after half a minute."""
    visitor, deadline = Visitor(), time.monotonic() + 30
    while time.monotonic() < deadline:
        answer = attempt(lambda: visitor.get("/board/"))
        if answer and answer.status == 200:
            return
        time.sleep(0.5)
    raise FaultError("the site does not answer after a switch: ./scripts/lab logs nginx web")


def put_back(site: Site | None) -> None:
    """Both stores as new, the toggles as they were, no Toxiproxy, and none of the comments."""
    # One that was interrupted just while it was being paused would not let itself be replaced.
    stack.attempt("docker", "compose", "unpause", *SERVERS)
    stack.compose("up", "-d", "--no-build", "--no-deps", "--force-recreate", "--wait", *SERVERS)
    stack.up()
    stack.compose("--profile", "faults", "rm", "--stop", "--force", "toxiproxy")
    if site:
        mark = site.pages.post.mark
        stack.in_django(f"Comment.objects.filter(body__startswith='{mark}').delete()")
