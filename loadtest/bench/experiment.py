"""One comparison, from its turns to its result: switch, load, count, judge, write down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from bench import counters
from bench.judging.run import judged
from bench.load import AWAIT_SLACK, SLACK, Generator, LoadFailed
from bench.result import Journal, Plan, Result, Run, Variant
from bench.schedule import Turn
from bench.stack import Stack, StackFailed


class Watcher(Protocol):
    """Who is told how it goes."""

    def begins(self, turn: Turn) -> None: ...

    def step(self, what: str) -> None: ...

    def ended(self, result: Result) -> None: ...


@dataclass
class Experiment:
    """What a comparison needs. `toggles` resolves a variant to every toggle's value."""

    plan: Plan
    stack: Stack
    generator: Generator
    journal: Journal
    watcher: Watcher
    toggles: Callable[[Variant], Mapping[str, str]]

    def run(self, turns: Sequence[Turn], result: Result) -> None:
        """Make all runs, each appended to `result` and to the journal as soon as it is made.

        A run that can't be made becomes a note, and the others go on. Ctrl-C goes through.
        """
        for turn in turns:
            self.watcher.begins(turn)
            try:
                run = self._measure(turn)
            except (StackFailed, LoadFailed) as error:
                result.notes.append(f"round {turn.round}, {turn.variant.name}: {error}")
            else:
                result.runs.append(run)
                self.journal.append(run)
            self.journal.write(result)
            self.watcher.ended(result)

    def _measure(self, turn: Turn) -> Run:
        started = datetime.now(UTC).isoformat(timespec="seconds")
        # What is no toggle of `.env`, such as another image, belongs to what was measured as well.
        toggles = {**self.toggles(turn.variant), **turn.variant.toggles}
        # Every variant of a round sees the same visitors; every round sees others.
        seed = self.plan.seed * 1000 + turn.round
        self.watcher.step("recreating")
        self.generator.begin(self.plan, turn.variant.visits, seed)
        try:
            self.stack.switch(turn.variant.toggles, turn.variant.posts)
            self.stack.pin()
            return self._load(turn, seed, started, toggles)
        finally:
            self.generator.stop()

    def _load(self, turn: Turn, seed: int, started: str, toggles: dict[str, str]) -> Run:
        """Load the stack as it is now, count, and judge."""
        self.watcher.step("warming, measuring")
        longest = self.plan.warm + self.plan.measure + SLACK + AWAIT_SLACK
        with (
            self.stack.sampler() as sampler,
            self.stack.cores_by_second() as cores,
            self.stack.yardstick(longest) as yardstick,
        ):
            snapshot = yardstick.around(cores.around(self.stack.counters))
            visits = turn.variant.visits
            load, before, after = self.generator.run(self.plan, visits, seed, snapshot)
        spent = counters.delta(before, after)
        run = Run(
            round=turn.round,
            variant=turn.variant.name,
            started=started,
            toggles=toggles,
            load=cores.filled(load),
            spent=spent,
            cpu_ms=counters.cpu_ms_per_request(spent, load.answered),
            hit_ratios=counters.hit_ratios(spent, load.kinds),
            health=sampler.health(spent),
            speed=yardstick.speed(),
        )
        return judged(run, self.plan.low_hits)
