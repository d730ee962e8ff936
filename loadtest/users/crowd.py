"""The crowd: seats taken by one visitor after another, as the mix says."""

from __future__ import annotations

from typing import ClassVar

from locust.env import Environment

from users.mixes import MIXES, Mix
from users.visitor import Visitor


class Crowd(Visitor):
    """One connection's worth of visitors: at each turn the mix draws who of them acts."""

    abstract = True
    mix: ClassVar[Mix]

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self._present: dict[type[Visitor], Visitor] = {}

    def visit(self) -> None:
        (kind,) = self.random.choices(list(self.mix), weights=list(self.mix.values()))
        self._seated(kind).visit()

    def _seated(self, kind: type[Visitor]) -> Visitor:
        if kind not in self._present:
            self._present[kind] = kind(self.environment)
            self._present[kind].on_start()
        return self._present[kind]


def crowd(name: str) -> type[Crowd]:
    """The Locust user class that plays the named mix."""
    return type(name.title(), (Crowd,), {"mix": MIXES[name], "abstract": False})
