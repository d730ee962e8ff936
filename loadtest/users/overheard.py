"""What visitors were shown that is another's: leaks, counted, of the load's own answers and the sampler's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from users.canaries import Canary


@dataclass
class Overheard:
    """One run's record, the warm-up's included. `canaries` are those that the sampler has planted."""

    checks: int = 0
    leaks: int = 0
    first: str = ""
    canaries: list[Canary] = field(default_factory=list)

    def look(self, who: str, where: str, text: bytes) -> str:
        """Look through an answer to the person `who` for the canaries of others; what leaked, if any."""
        found = [c for c in self.canaries if who not in c.readers and c.is_in(text)]
        return self.note(where, _said(who, found))

    def note(self, where: str, leak: str) -> str:
        """An answer was looked through; `leak` is what was found, empty for nothing. Returns it."""
        self.checks += 1
        if leak:
            self.leaks += 1
            self.first = self.first or f"{where}: {leak}"
        return leak

    def summary(self) -> dict[str, Any]:
        return {"leak_checks": self.checks, "leaks": self.leaks, "first_leak": self.first}


def _said(who: str, found: Iterable[Canary]) -> str:
    return ", ".join(f"the {canary.kind} of {canary.owner} shown to {who}" for canary in found)
