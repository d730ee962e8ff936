"""The oracle: hears every answer that anybody gets, and knows what each of them may not hear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

from checks.visitor import Answer

from .asking import Probe
from .canaries import Canary, found_in, text_of
from .tokens import Claims

TOKEN = "CSRF token"
KEPT = "a key or value that is kept"


@dataclass(frozen=True)
class Leak:
    kind: str
    owner: str
    seen_by: str
    where: str
    toggles: str

    def __str__(self) -> str:
        return (
            f"LEAK {self.kind} of {self.owner}, seen by {self.seen_by}: {self.where} "
            f"under {self.toggles}"
        )


@dataclass
class Oracle:
    """canaries: all that are planted. people: all who ask. toggles: for the leak's line. public:
    a word that a shared store may and should keep, so that finding nothing else there says something.
    """

    canaries: Sequence[Canary]
    people: Sequence[str]
    toggles: str
    public: str
    leaks: list[Leak] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    requests: int = 0
    hits: int = 0
    control_kept: bool = False
    _seen: set[tuple[Canary, str]] = field(default_factory=set)
    _claims: Claims = field(default_factory=Claims)
    _lock: Lock = field(default_factory=Lock)

    def hear(self, name: str, probe: Probe, answer: Answer) -> list[Canary]:
        """Notes what `name` has seen, as a leak where it is not for them; all canaries seen."""
        found = found_in(text_of(answer), self.canaries)
        owners = self._claims.owners(name, answer)
        with self._lock:
            self.requests += 1
            self.hits += answer.is_hit
            self._seen |= {(canary, name) for canary in found}
            if answer.status >= 500:
                self.failures.append(f"{name} {probe} -> {answer.status}")
        for canary in found:
            if name not in canary.readers and not probe.says(canary.needle):
                self.tell(canary.kind, canary.owner, name, probe, answer)
        for owner in owners - {name}:
            self.tell(TOKEN, owner, name, probe, answer)
        return found

    def hear_not_modified(
        self, name: str, probe: Probe, answer: Answer, held: Sequence[Canary]
    ) -> None:
        """A 304 tells whoever may not see a page that somebody's copy of it is still true.

        held: the canaries of the page whose validator was sent.
        """
        for canary in held:
            if answer.status == 304 and name not in canary.readers:
                self.tell(f"304 for {canary.kind}", canary.owner, name, probe, answer)

    def hear_kept(self, store: str, data: bytes) -> None:
        """Notes what a shared store keeps: nothing there may be for some people only."""
        if self.public.encode() in data:
            self.control_kept = True
        for canary in found_in(data, [each for each in self.canaries if not each.asked_for]):
            self.note(Leak(canary.kind, canary.owner, f"all who share {store}", KEPT, self.toggles))

    def tell(self, kind: str, owner: str, seen_by: str, probe: Probe, answer: Answer) -> None:
        where = f"{probe} -> {answer.status} [{answer.cache_status or 'no Cache-Status'}]"
        self.note(Leak(kind, owner, seen_by, where, self.toggles))

    def note(self, leak: Leak) -> None:
        with self._lock:
            if leak not in self.leaks:
                self.leaks.append(leak)

    @property
    def planted(self) -> int:
        """The canaries, and a token's secret for each person."""
        return len(self.canaries) + len(self.people)

    @property
    def seen_by_their_own(self) -> int:
        return self.planted - len(self.unseen())

    def unseen(self) -> list[str]:
        """What makes the run prove nothing: what somebody should have seen and never did."""
        missing = {
            canary: sorted(canary.readers - {name for each, name in self._seen if each == canary})
            for canary in self.canaries
        }
        lines = [
            f"canary {canary.kind} ({canary.needle}) was never seen by its owner "
            f"{' and '.join(names)}: the crawl proves nothing"
            for canary, names in missing.items()
            if names
        ]
        return lines + [
            f"canary {TOKEN} was never seen by its owner {name}: the crawl proves nothing"
            for name in self.people
            if not self._claims.have(name)
        ]
