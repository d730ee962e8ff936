"""The command line: what was asked for, checked; then the comparison; then what it found.

Exit codes: 0 done, 1 something could not be measured, 2 asked for what there is not, 130 stopped.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import NoReturn

from rich.console import Console

import toggles
from bench import report, revision
from bench.experiment import Experiment
from bench.load import Generator, LocustInContainer
from bench.result import Journal, Plan, Result
from bench.schedule import Turn, schedule, seconds
from bench.stack import ComposeStack, Stack, StackFailed
from bench.table import Terminal, conclude
from bench.variants import SETS, VARIANTS, UnknownVariant, Variant, chosen
from users.mixes import MIXES

MOST_USERS = 1000

MOST_WORKERS = 64

Ending = Callable[[Console, Result, Journal], None]

LOG_WIDTH = 120
"""Columns where the output is no terminal."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line; the whole usage would hide it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"bench: {message}\n")


@dataclass(frozen=True)
class Whole:
    """A whole number within bounds, as an argument."""

    least: int
    most: int

    def __call__(self, text: str) -> int:
        if text.isascii() and text.isdecimal() and self.least <= int(text) <= self.most:
            return int(text)
        raise argparse.ArgumentTypeError(
            f"{text!r}: accepted are whole numbers from {self.least} to {self.most}"
        )


def parser() -> Parser:
    made = Parser(prog="bench", description="Measures what each cache of the stack is worth.")
    made.add_argument(
        "--quick", action="store_true", help="four variants, two rounds, under 4 minutes"
    )
    made.add_argument(
        "--variants",
        metavar="A,B",
        help=f"of {', '.join(VARIANTS)}; or of the sets {', '.join(SETS)}",
    )
    made.add_argument("--rounds", type=Whole(1, 100), help="how often each variant is measured")
    made.add_argument("--duration", type=Whole(1, 3600), help="seconds that each run measures")
    made.add_argument(
        "--warm", type=Whole(1, 3600), help="seconds before each (default: 20, --quick 7)"
    )
    made.add_argument(
        "--users", type=Whole(1, MOST_USERS), default=16, help="requests under way at once"
    )
    made.add_argument(
        "--mix", choices=tuple(MIXES), default="readers", help="who visits (default: readers)"
    )
    made.add_argument(
        "--workers",
        type=Whole(1, MOST_WORKERS),
        default=1,
        help="processes that make the load; each wants a core of its own",
    )
    made.add_argument(
        "--await-workers",
        type=Whole(0, MOST_WORKERS),
        default=0,
        help="processes of other machines that join them (how is said at the start)",
    )
    made.add_argument(
        "--seed", type=Whole(0, 2**31), default=1, help="fixes the order and the visitors"
    )
    made.add_argument(
        "--pages",
        type=Whole(0, 1_000_000),
        help="posts that are visited, the most popular; 0 is all (default: 300, --quick 80)",
    )
    made.add_argument("--out", type=Path, default=Path("results"), help="where the results go")
    made.add_argument("--dry-run", action="store_true", help="print the plan and how long it takes")
    return made


def planned(asked: argparse.Namespace) -> Plan:
    """The plan of what was asked for. Raises UnknownVariant."""
    wanted = asked.variants if asked.variants is not None else "quick" if asked.quick else "layers"
    variants = chosen(name.strip() for name in wanted.split(","))
    return Plan(
        name=wanted if wanted in SETS else "chosen",
        variants=tuple(variant.name for variant in variants),
        rounds=asked.rounds or (2 if asked.quick else 3),
        warm=asked.warm or (7 if asked.quick else 20),
        measure=asked.duration or (6 if asked.quick else 12),
        users=asked.users,
        mix=asked.mix,
        workers=asked.workers,
        seed=asked.seed,
        # What is visited must fit into the warm-up, or misses of a cold site would be measured.
        pages=asked.pages if asked.pages is not None else 80 if asked.quick else 300,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    # Into a file or a pipe, the tables keep their columns.
    console = Console() if sys.stdout.isatty() else Console(width=LOG_WIDTH)
    try:
        plan = planned(asked)
        settings = toggles.resolve(os.environ)
        turns = schedule(chosen(plan.variants), plan.rounds, plan.seed)
        if asked.dry_run:
            show(console, plan, turns)
            return 0
        port = int(settings["LAB_PORT"])
        stack = ComposeStack(Path.cwd(), port, plan.workers)
        generator = LocustInContainer(
            started=stack.pin_load,
            await_workers=asked.await_workers,
            site_port=port,
            said=lambda sentence: console.print(sentence, soft_wrap=True, highlight=False),
        )
        return compare(console, plan, turns, stack, generator, asked.out)
    except (UnknownVariant, toggles.BadToggle) as error:
        sys.stderr.write(f"bench: {error}\n")
        return 2
    except (StackFailed, OSError) as error:
        sys.stderr.write(f"bench: {error}\n")
        return 1


def show(console: Console, plan: Plan, turns: Sequence[Turn]) -> None:
    """The plan, run by run."""
    for turn in turns:
        console.print(
            f"round {turn.round}  {turn.variant.name:28}{turn.variant.sentence}", highlight=False
        )
    minutes = seconds(len(turns), plan.warm, plan.measure) / 60
    console.print(f"{len(turns)} runs, about {minutes:.0f} minutes", highlight=False)


def compare(
    console: Console,
    plan: Plan,
    turns: Sequence[Turn],
    stack: Stack,
    generator: Generator,
    out: Path,
    ending: Ending | None = None,
) -> int:
    """Make the comparison; whatever ends it, the stack is put back, what was measured is kept and
    `ending` (by default `finish`) tells of it."""
    signal.signal(signal.SIGTERM, _stop)
    estimate = seconds(len(turns), plan.warm, plan.measure)
    console.print(
        f"{len(turns)} runs, about {estimate / 60:.0f} minutes; Ctrl-C keeps what was measured"
    )
    now = datetime.now(UTC)
    journal, result = None, None
    code = 0
    try:
        stack.open()
        result = begin(plan, stack, now)
        journal = Journal(out / f"{now:%Y%m%dT%H%M%SZ}-{plan.name}")
        with Terminal(console, len(turns), estimate) as watcher:
            Experiment(plan, stack, generator, journal, watcher, resolved).run(turns, result)
        result.complete = True
        code = 1 if result.notes else 0
    except KeyboardInterrupt:
        code = 130
    finally:
        # What follows puts things back; a second Ctrl-C would leave them half-way.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        restore(console, stack, generator)
        if result and journal:
            (ending or finish)(console, result, journal)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    return code


def begin(plan: Plan, stack: Stack, now: datetime) -> Result:
    return Result(
        created=now.isoformat(timespec="seconds"),
        plan=plan,
        machine=stack.machine(),
        revision=revision.current(Path.cwd()),
        versions=stack.versions(),
        notes=[sentence] if (sentence := stack.pin()) else [],
    )


def resolved(variant: Variant) -> Mapping[str, str]:
    """Every toggle's value under the variant, which beats the shell, which beats `.env`."""
    return toggles.resolve({**os.environ, **variant.toggles})


def restore(console: Console, stack: Stack, generator: Generator) -> None:
    console.print("putting the toggles back", style="dim")
    generator.stop()
    try:
        stack.restore()
    except StackFailed as error:
        console.print(
            f"the toggles could not be put back: {error}; ./scripts/lab up does it", style="red"
        )


def finish(console: Console, result: Result, journal: Journal) -> None:
    journal.write(result)
    report.write(result, journal.folder / "report.html")
    conclude(console, result)
    console.print(
        f"\nthe report: {journal.folder / 'report.html'}", soft_wrap=True, highlight=False
    )


def _stop(number: int, frame: FrameType | None) -> None:
    """TERM ends a comparison as Ctrl-C does."""
    with suppress(ValueError):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
