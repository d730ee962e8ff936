"""Who asks for what, in which order: one combination of toggles, put to the test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from checks.visitor import Answer

from .asking import Ask, Cookies, Probe
from .canaries import Canary
from .crawl import crawl
from .oracle import Oracle
from .people import ANONYMOUS_FIRST, PRIVILEGED_FIRST
from .probes import disguised_sessions, dressed

AT_A_TIME = 4
"""Addresses that are asked for at once; each of them by one person after the other."""


@dataclass(frozen=True)
class Bounds:
    """pages: for each person's crawl. of_a_shape: of these, of one kind. dressed: how many private
    addresses are asked for in every disguise."""

    pages: int
    of_a_shape: int
    dressed: int


@dataclass
class Passes:
    """cookies: each person's. empty: forgets what all caches keep."""

    oracle: Oracle
    cookies: Mapping[str, Cookies]
    ask: Ask
    empty: Callable[[], None]
    pages: set[str] = field(default_factory=set)

    def run(self, private: Sequence[str], bounds: Bounds) -> None:
        """First each crawls by themselves; then all ask for all that anybody found, in two orders."""
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            for name in PRIVILEGED_FIRST:
                self.pages |= set(self.crawl(name, bounds, pool))
            probes = self.probes(private, bounds)
            for order in (PRIVILEGED_FIRST, ANONYMOUS_FIRST):
                self.empty()
                list(pool.map(lambda probe, order=order: self.everybody(order, probe), probes))

    def crawl(self, name: str, bounds: Bounds, pool: ThreadPoolExecutor) -> list[str]:
        return crawl(
            lambda probe: self.hear(name, probe)[0], bounds.pages, bounds.of_a_shape, pool.map
        )

    def probes(self, private: Sequence[str], bounds: Bounds) -> list[Probe]:
        plain = [Probe(path) for path in dict.fromkeys([*private, *sorted(self.pages)])]
        disguises = [probe for path in private[: bounds.dressed] for probe in dressed(path)]
        return [*plain, *disguises, *disguised_sessions(("/", "/board/"))]

    def everybody(self, order: Iterable[str], probe: Probe) -> None:
        """One after the other; then again with the mark (RFC 9110, 13.1) of who came before."""
        condition: tuple[tuple[str, str], ...] = ()
        held: list[Canary] = []
        for name in order:
            answer, found = self.hear(name, probe)
            if condition:
                again = Probe(probe.path, probe.method, probe.headers + condition, probe.cookie)
                self.oracle.hear_not_modified(name, again, self.hear(name, again)[0], held)
            if not condition:
                condition, held = validators(answer), found

    def hear(self, name: str, probe: Probe) -> tuple[Answer, list[Canary]]:
        answer = self.ask(self.cookies[name], probe)
        return answer, self.oracle.hear(name, probe, answer)


def validators(answer: Answer) -> tuple[tuple[str, str], ...]:
    """The condition under which a page need not be sent again."""
    asked = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
    given = {asked[name]: answer.headers.get(name) for name in asked}
    return tuple((name, value) for name, value in given.items() if value)
