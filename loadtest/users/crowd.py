"""The crowd: seats taken by one visitor after another, as the mix says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from locust.env import Environment

from users.kinds import weighed
from users.visitor import Visitor

NAME = "Crowd"
"""What Locust knows every crowd by."""


class Crowd(Visitor):
    """One connection's worth of visitors: at each turn the mix draws who of them acts.

    In a closed loop a turn begins as soon as the last one ended; in an open one, when a visit is due.
    """

    abstract = True
    kinds: ClassVar[dict[type[Visitor], float]]

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self._present: dict[type[Visitor], Visitor] = {}

    def visit(self) -> None:
        arrivals = self.ground.arrivals
        arrival = arrivals.next() if arrivals else None
        random = arrival.random if arrival else self.random
        (kind,) = random.choices(list(self.kinds), weights=list(self.kinds.values()))
        visitor = self._seated(kind)
        if arrival:
            visitor.arrival, visitor.random = arrival, arrival.random
        visitor.visit()

    def _seated(self, kind: type[Visitor]) -> Visitor:
        if kind not in self._present:
            self._present[kind] = kind(self.environment)
            self._present[kind].on_start()
        return self._present[kind]


def crowd(mix: Mapping[str, float], name: str = NAME) -> type[Crowd]:
    """The Locust user class that plays the mix."""
    return type(name, (Crowd,), {"kinds": weighed(mix), "abstract": False})
