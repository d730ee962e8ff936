"""Who asks for what, in which order: one combination of toggles, put to the test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from checks.visitor import Answer

from .asking import Ask, Cookies, Probe
from .canaries import Canary
from .crawl import crawl
from .oracle import Oracle
from .people import ANOTHER, PRIVILEGED_FIRST
from .probes import disguised_sessions, dressed

Order = Callable[[str], list[str]]
"""Of everybody, given whose an address is."""

AT_A_TIME = 4
"""Addresses that are asked for at once; each of them by one person after the other."""


@dataclass(frozen=True)
class Bounds:
    """pages: for each person's crawl. of_a_shape: of these, of one kind. dressed: how many private
    addresses are asked for in every disguise."""

    pages: int
    of_a_shape: int
    dressed: int

    @classmethod
    def of(cls, pages: int) -> Bounds:
        """Wide enough for many kinds of pages, and the disguises in proportion."""
        return cls(pages, of_a_shape=max(2, pages // 12), dressed=max(1, pages // 20))


@dataclass
class Passes:
    """cookies: each person's. empty: forgets what all caches keep. look: shows the oracle what they
    keep behind the site. found: each address, with who came upon it first and may see it."""

    oracle: Oracle
    cookies: Mapping[str, Cookies]
    ask: Ask
    empty: Callable[[], None]
    look: Callable[[], None]
    found: dict[str, str] = field(default_factory=dict)

    def run(self, private: Mapping[str, str], bounds: Bounds) -> None:
        """First each crawls by themselves; then all ask for all that anybody found: in two orders,
        and all at once, where one might be given the answer that another waits for.

        private: addresses that are known to hold canaries, each with one who may see it.
        """
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            for name in PRIVILEGED_FIRST:
                for path in self.crawl(name, bounds, pool):
                    self.found.setdefault(path, name)
            probes = self.probes(private, bounds)
            for order in (owner_first, anonymous_first):
                self.empty()
                list(pool.map(self.asked_by(order), probes))
                self.look()
        self.empty()
        with ThreadPoolExecutor(len(self.cookies)) as pool:
            for probe in map(Probe, {**self.found, **private}):
                list(pool.map(lambda name, probe=probe: self.hear(name, probe), self.cookies))

    def asked_by(self, order: Order) -> Callable[[tuple[Probe, str]], None]:
        return lambda each: self.everybody(order(each[1]), each[0])

    def crawl(self, name: str, bounds: Bounds, pool: ThreadPoolExecutor) -> list[str]:
        return crawl(
            lambda probe: self.hear(name, probe)[0], bounds.pages, bounds.of_a_shape, pool.map
        )

    def probes(self, private: Mapping[str, str], bounds: Bounds) -> list[tuple[Probe, str]]:
        """All that is asked, each with whose it is."""
        plain = [(Probe(path), name) for path, name in ({**self.found, **private}).items()]
        disguises = [
            (probe, name)
            for path, name in list(private.items())[: bounds.dressed]
            for probe in dressed(path)
        ]
        public = [(probe, PRIVILEGED_FIRST[0]) for probe in disguised_sessions(("/", "/board/"))]
        return [*plain, *disguises, *public]

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


def owner_first(owner: str) -> list[str]:
    """What a cache wrongly keeps of the owner is then asked for by all the others. Were somebody
    else first, a cache could keep the refusal, and the owner's page never come into it."""
    return [owner, *(name for name in PRIVILEGED_FIRST if name != owner)]


def anonymous_first(owner: str) -> list[str]:
    """The refusal comes first, the owner then, and at last somebody to whom it is refused again."""
    others = [name for name in reversed(PRIVILEGED_FIRST) if name not in (owner, ANOTHER)]
    return [*others, owner, ANOTHER]


def validators(answer: Answer) -> tuple[tuple[str, str], ...]:
    """The condition under which a page need not be sent again."""
    asked = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
    given = {asked[name]: answer.headers.get(name) for name in asked}
    return tuple((name, value) for name, value in given.items() if value)
