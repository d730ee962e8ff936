"""Walks through the steps, and puts everything back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import journal
from bench.counters import Counters
from bench.load import Generator
from bench.result import Plan, Variant, Visits
from bench.stack import Stack

from . import figures
from .figures import Figures
from .hands import Hands
from .screen import Screen
from .steps import STEPS, Act, Step

SEED = 1
# What is visited must fit into the warm-up, or the misses of a cold site would be measured.
VISITS = Visits(mix="readers", users=8, pages=20)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: before what is measured, and of that."""

    warm: float
    measure: float


ATTENDED = Pace(warm=8, measure=8)
UNATTENDED = Pace(warm=3, measure=3)
# Seconds that a step takes beside its load: recreating, and reading.
BESIDE = 60


def plan(pace: Pace, steps: Sequence[Step] = STEPS) -> Plan:
    """The load of each step."""
    variants = tuple(
        Variant(step.name, step.happens, step.all_toggles, VISITS, title=step.title)
        for step in steps
    )
    return Plan(
        name="tour",
        variants=variants,
        baseline=variants[0].name,
        rounds=1,
        warm=pace.warm,
        measure=pace.measure,
        seed=SEED,
    )


def minutes(pace: Pace, steps: Sequence[Step] = STEPS) -> float:
    return len(steps) * (pace.warm + pace.measure + BESIDE) / 60


@dataclass
class Guide:
    """found: the figures of each step that had load. wrong: what a step promised and did not hold, as
    sentences."""

    stack: Stack
    generator: Generator
    hands: Hands
    screen: Screen
    pace: Pace
    steps: Sequence[Step] = STEPS
    found: dict[str, Figures] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def walk(self) -> None:
        """All steps. Raises what the stack, the load and the hands raise; Ctrl-C goes through. `put_back`
        must follow, whatever ended it."""
        with self.screen.working("starting the stack"):
            self.stack.open()
        self.screen.begin(self.steps, minutes(self.pace, self.steps))
        for number, step in enumerate(self.steps, 1):
            self._show(number, step)
            last = number == len(self.steps)
            self.screen.pause("put everything back" if last else "go on")

    def put_back(self) -> None:
        """The toggles and what was broken or written. Raises as `walk` does."""
        self.generator.stop()
        try:
            self.stack.restore()
        finally:
            # Starts what was killed, and the live page under the toggles that are in force again.
            self.stack.open()
        self.hands.forget()

    def _show(self, number: int, step: Step) -> None:
        self.screen.step(number, len(self.steps), step)
        journal.mark("phase", f"tour: {step.title}")
        with self.screen.working("recreating what reads the toggles"):
            self.hands.switch_beside(step.all_toggles)
            self.stack.switch(step.all_toggles)
        self.screen.notice(step)
        match step.act:
            case Act.LOAD:
                self._load(step)
                self._look()
            case Act.WRITE:
                self._write()
            case Act.BREAK:
                with self._broken():
                    self._load(step, counted=False)
                    self._look()

    def _load(self, step: Step, counted: bool = True) -> None:
        """counted: whether the servers can be asked for their counters."""
        with self.screen.working(f"{VISITS.users} readers visit for {self._seconds():.0f} s"):
            load, before, after = self.generator.run(
                plan(self.pace, self.steps),
                VISITS,
                SEED,
                self.stack.counters if counted else lambda ending: Counters(),
            )
        found = figures.of(load, before, after)
        self.screen.figures(found, next(iter(self.found.values()), None))
        self.found[step.name] = found
        if found.failures:
            self.wrong.append(f"{step.name}: {found.failures} requests failed")
        if found.stale:
            self.wrong.append(f"{step.name}: {found.stale} answers were stale")

    def _seconds(self) -> float:
        return self.pace.warm + self.pace.measure

    def _look(self) -> None:
        path = self.hands.a_post()
        self.hands.look(path)  # whoever comes first may have to wait for the page
        found = self.hands.look(path)
        self.screen.look(found)
        if found.status != 200:
            self.wrong.append(f"{path} answered {found.status}")

    def _write(self) -> None:
        path = self.hands.a_post()
        for _ in range(2):
            before = self.hands.look(path)
        self.screen.look(before)
        with self.screen.working("a member comments"):
            written = self.hands.write(path)
        self.screen.write(written)
        if written.behind:
            self.wrong.append(f"{written.behind} readers did not see an acknowledged comment")

    @contextmanager
    def _broken(self) -> Iterator[None]:
        self._look()
        with self.screen.working("killing Redis"):
            self.hands.break_cache()
        yield
        self.screen.pause("start Redis again")
        with self.screen.working("starting Redis"):
            self.hands.mend_cache()
