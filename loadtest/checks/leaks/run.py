"""One combination against the running stack: set it, plant, ask, take back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from checks import stack
from checks.visitor import Visitor

from .asking import Probe, ask
from .combinations import Toggles, die_by_age, edge_keeps, words
from .forgeries import forge
from .kept import SCRIPTS, kept_by
from .oracle import Leak, Oracle
from .passes import Bounds, Passes
from .people import ACCOUNTS, EVERYBODY, REGISTER, promoted, registered, remove
from .planting import plant

WIDTH = 78


@dataclass(frozen=True)
class Row:
    """What one combination showed. troubles: why it proves nothing, a line each."""

    toggles: str
    people: int
    pages: int
    requests: int
    hits: int
    canaries: int
    own_seen: int
    leaks: Sequence[Leak]
    troubles: Sequence[str]

    @staticmethod
    def heading() -> str:
        return (
            f"{'combination':{WIDTH}} {'people':>6} {'pages':>6} {'requests':>8} {'edge hits':>9} "
            f"{'canaries':>8} {'own seen':>8} {'leaks':>5}"
        )

    def __str__(self) -> str:
        return (
            f"{self.toggles:{WIDTH}} {self.people:6} {self.pages:6} {self.requests:8,} "
            f"{self.hits:9,} {self.canaries:8} {self.own_seen:8} {len(self.leaks):5}"
        )

    @property
    def proves_something(self) -> bool:
        return not self.troubles

    def lines(self, most: int) -> list[str]:
        """What is wrong, one leak of each kind first, since one hole shows many of a kind."""
        firsts = list({leak.kind: leak for leak in reversed(self.leaks)}.values())[::-1]
        others = [leak for leak in self.leaks if leak not in firsts]
        told = [*self.troubles, *map(str, [*firsts, *others])]
        more = [f"... and {len(told) - most} more"] if len(told) > most else []
        return [f"  {line}" for line in [*told[:most], *more]]


def try_combination(prefix: str, toggles: Toggles, bounds: Bounds) -> Row:
    """prefix: what the names of this combination's accounts begin with."""
    stack.up(**toggles)
    stack.forget_kept()
    people = {name: registered(prefix, name) for name in ACCOUNTS}
    planted = plant(people, promoted(people), withdraw=not die_by_age(toggles))
    oracle = Oracle(planted.canaries, EVERYBODY, words(toggles), planted.public)
    for each in people.values():
        oracle.hear(each.name, Probe(REGISTER, "POST"), each.registered)
    visitors = {name: people[name].visitor if name in people else Visitor() for name in EVERYBODY}
    cookies = {name: dict(visitor.cookies) for name, visitor in visitors.items()}
    store = toggles["LAB_UPSTREAM"]
    passes = Passes(
        oracle, cookies, ask, stack.forget_kept, lambda: oracle.hear_kept(store, kept_by(store))
    )
    passes.run(planted.addresses, bounds)
    forge(oracle, people)
    return Row(
        oracle.toggles, len(EVERYBODY), len(passes.found), oracle.requests, oracle.hits,
        oracle.planted, oracle.seen_by_their_own, oracle.leaks, troubles(oracle, toggles),
    )  # fmt: skip


def troubles(oracle: Oracle, toggles: Toggles) -> list[str]:
    """Why what was not found proves nothing, a line each."""
    store = toggles["LAB_UPSTREAM"]
    lines = oracle.unseen()
    if edge_keeps(toggles) and not oracle.hits:
        lines.append("no answer came out of Varnish's memory: nothing is known of what it keeps")
    if store in SCRIPTS and not oracle.control_kept:
        lines.append(f"{store} does not keep the public topic: nothing is known of what it keeps")
    return [*lines, *(f"the site failed: {line}" for line in oracle.failures)]


def put_back(prefix: str) -> None:
    """The toggles as they are declared, and nobody of this run."""
    stack.up()
    remove(prefix)
