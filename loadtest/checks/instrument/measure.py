"""Runs of a few variants through the benchmark's own experiment."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from rich.console import Console

import toggles
from bench import cli
from bench.experiment import Experiment
from bench.load import Generator, LocustInContainer
from bench.result import Journal, Pair, Plan, Result, Variant
from bench.schedule import schedule, seconds
from bench.stack import ComposeStack, Stack
from bench.table import Terminal

PREFIX = "instrument-"
"""What a part's plan is called, before the part's own name."""


class NotMeasured(RuntimeError):
    """A run could not be made; the text says which and why."""


class Maker(Protocol):
    """Who makes a plan's runs, or has them."""

    def runs(self, plan: Plan) -> Result:
        """All of them. Raises NotMeasured."""


@dataclass(frozen=True)
class Kept:
    """The runs that an earlier check left, whatever is planned now."""

    result: Result

    def runs(self, plan: Plan) -> Result:
        return self.result


@dataclass
class Instrument:
    """What measures: the same stack and the same load as the benchmark's."""

    stack: Stack
    load: Generator
    console: Console
    out: Path

    @classmethod
    def real(cls, console: Console, out: Path) -> Instrument:
        settings = toggles.resolve(os.environ)
        stack = ComposeStack(Path.cwd(), int(settings["LAB_PORT"]))
        return cls(stack, LocustInContainer(started=stack.pin_load), console, out)

    def runs(self, plan: Plan) -> Result:
        """All of a plan's runs, kept in a folder of their own. Raises NotMeasured when one can't be made,
        after all others were."""
        now = datetime.now(UTC)
        turns = schedule(plan.variants, plan.rounds, plan.seed)
        result = cli.begin(plan, self.stack, now)
        journal = Journal(self.out / f"{now:%Y%m%dT%H%M%SZ}-{plan.name}")
        before = len(result.notes)
        with Terminal(
            self.console, len(turns), seconds(len(turns), plan.warm, plan.measure)
        ) as watcher:
            Experiment(plan, self.stack, self.load, journal, watcher, cli.resolved).run(
                turns, result
            )
        result.complete = True
        journal.write(result)
        if len(result.notes) > before:
            raise NotMeasured("; ".join(result.notes[before:]))
        return result


def plan(name: str, variants: Sequence[Variant], rounds: int, warm: float, measure: float) -> Plan:
    """The first of the variants is what the others are compared with."""
    return Plan(
        name=f"{PREFIX}{name}",
        variants=tuple(variants),
        baseline=variants[0].name,
        pairs=tuple(Pair(each.name, variants[0].name, each.title) for each in variants[1:]),
        rounds=rounds,
        warm=warm,
        measure=measure,
        seed=1,
    )
