"""The command line: what was asked for, checked; then the comparison; then what it found.

Exit codes: 0 done, 1 something could not be measured, 2 asked for what there is not, 130 stopped.
"""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from rich.console import Console

import toggles
from bench import revision
from bench.databases import about
from bench.definitions import planning
from bench.definitions.accepted import mix_problem
from bench.definitions.problems import BadDefinition
from bench.definitions.reading import read
from bench.definitions.schema import MOST_RATE, MOST_USERS, MOST_WORKERS
from bench.definitions.shipped import find, shipped
from bench.experiment import Experiment
from bench.load import Generator, LocustInContainer
from bench.network import BadRtt, NetworkFailed, parse_rtt
from bench.progress import Progress
from bench.reporting import files
from bench.result import Journal, Plan, Result, Variant
from bench.schedule import Turn, duration, schedule, seconds, seeding_seconds, sizes
from bench.stack import ComposeStack, Stack, StackFailed
from bench.table import Terminal, conclude
from terminal import LineParser, output
from users.mixes import MIXES

Ending = Callable[[Console, Result, Journal], None]

QUICK, DEFAULT = "quick", "layers"


@dataclass(frozen=True)
class Origin:
    """What a result came from: the command, and the text of the experiment's file."""

    command: str = ""
    experiment: str = ""


UNKNOWN = Origin()


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


def number(text: str) -> float:
    """A number above 0, as an argument."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if 0 < value <= MOST_RATE:
        return value
    raise argparse.ArgumentTypeError(f"{text!r}: accepted are numbers above 0, to {MOST_RATE:g}")


def mix(text: str) -> str | dict[str, float]:
    """A mix's name, or `kind=weight,kind=weight`."""
    found: str | dict[str, float] = text
    if "=" in text:
        found = {}
        for part in text.split(","):
            kind, _, weight = part.strip().partition("=")
            if kind in found:
                raise argparse.ArgumentTypeError(
                    f"{kind} is in the mix twice: accepted is one weight for each kind"
                )
            try:
                found[kind] = float(weight)
            except ValueError:
                raise argparse.ArgumentTypeError(
                    f"{part.strip()!r}: accepted is kind=weight, such as reader=76,member=17"
                ) from None
    if problem := mix_problem(found):
        raise argparse.ArgumentTypeError(problem)
    return found


def round_trips(text: str) -> dict[str, float]:
    """Milliseconds by place, from `cache=0.5ms,db=0.5ms`."""
    try:
        return parse_rtt(text)
    except BadRtt as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def parser() -> LineParser:
    made = LineParser(prog="bench", description="Measures what each cache of the stack is worth.")
    made.add_argument(
        "experiment",
        nargs="?",
        metavar="NAME|FILE.toml",
        help=f"of {', '.join(shipped())}, or a file (default: {DEFAULT})",
    )
    made.add_argument("--quick", action="store_true", help="the same as the name quick")
    made.add_argument("--list", action="store_true", help="tell which experiments there are")
    made.add_argument("--variants", metavar="A,B", help="only these of the experiment's variants")
    made.add_argument("--rounds", type=Whole(1, 100), help="how often each variant is measured")
    made.add_argument("--duration", type=Whole(1, 3600), help="seconds that each run measures")
    made.add_argument("--warm", type=Whole(1, 3600), help="seconds before each")
    pace = made.add_mutually_exclusive_group()
    pace.add_argument(
        "--users", type=Whole(1, MOST_USERS), help="closed loop: visits under way at once"
    )
    pace.add_argument("--rate", type=number, help="open loop: visits that begin each second")
    made.add_argument(
        "--mix", type=mix, help=f"who visits: {', '.join(MIXES)}, or kind=weight,kind=weight"
    )
    made.add_argument("--seed", type=Whole(0, 2**31), help="fixes the order and the visitors")
    made.add_argument(
        "--pages",
        type=Whole(0, 1_000_000),
        help="posts that are visited, the most popular; 0 is all",
    )
    made.add_argument(
        "--workers",
        type=Whole(1, MOST_WORKERS),
        help="processes that make the load; each wants a core of its own",
    )
    made.add_argument(
        "--await-workers",
        type=Whole(0, MOST_WORKERS),
        default=0,
        help="processes of other machines that join them (how is said at the start)",
    )
    made.add_argument(
        "--rtt",
        type=round_trips,
        metavar="cache=0.5ms,db=0.5ms",
        help="round trips that are added (netem)",
    )
    made.add_argument("--out", type=Path, default=Path("results"), help="where the results go")
    made.add_argument(
        "--keep", action="store_true", help="keep the databases that an experiment on size makes"
    )
    made.add_argument("--dry-run", action="store_true", help="print the plan and how long it takes")
    return made


def definition(asked: argparse.Namespace) -> Path:
    """The experiment's file. Raises BadDefinition."""
    return find(asked.experiment or (QUICK if asked.quick else DEFAULT))


def typed(arguments: Sequence[str]) -> str:
    """The command line, to be repeated elsewhere: without where its results went and other folders."""
    kept = []
    words = iter(arguments)
    for word in words:
        # No other option begins like --out, which may be shortened.
        if word.startswith("--o"):
            if "=" not in word:
                next(words, None)
        else:
            kept.append(Path(word).name if word.endswith(".toml") else word)
    return shlex.join(["./scripts/lab", "bench", *kept])


def planned(asked: argparse.Namespace) -> Plan:
    """The plan of what was asked for. Raises BadDefinition."""
    if asked.quick and asked.experiment not in (None, QUICK):
        raise BadDefinition(
            [f"--quick is the experiment {QUICK}: accepted is it or {asked.experiment}"]
        )
    path = definition(asked)
    wanted = [] if asked.variants is None else [name.strip() for name in asked.variants.split(",")]
    plan = planning.planned(
        path.stem,
        read(path),
        planning.Asked(
            rounds=asked.rounds,
            warm=asked.warm,
            measure=asked.duration,
            seed=asked.seed,
            workers=asked.workers,
            rtt=asked.rtt,
            mix=asked.mix,
            users=asked.users,
            rate=asked.rate,
            pages=asked.pages,
            variants=wanted,
        ),
    )
    refuse_idle_workers(plan, asked.await_workers)
    return plan


def refuse_idle_workers(plan: Plan, await_workers: int) -> None:
    """Raises BadDefinition: each process makes one visit at a time at least, so more of them than visits
    can't be had, which every single run would find out anew."""
    workers = plan.workers + await_workers
    closed = [visits.users for visits in plan.visits if visits.rate is None]
    if closed and min(closed) < workers:
        raise BadDefinition(
            [f"{workers} workers for {min(closed)} users: accepted are at least as many users"]
        )


def main(arguments: Sequence[str] | None = None) -> int:
    arguments = sys.argv[1:] if arguments is None else arguments
    asked = parser().parse_args(arguments)
    # Into a file or a pipe, the tables keep their columns.
    console = output()
    try:
        if asked.list:
            show_all(console)
            return 0
        plan = planned(asked)
        settings = toggles.resolve(os.environ)
        refuse_debug(settings)
        turns = schedule(plan.variants, plan.rounds, plan.seed)
        if asked.dry_run:
            show(console, plan, turns)
            return 0
        port = int(settings["LAB_PORT"])
        stack = ComposeStack(Path.cwd(), port, plan.workers, asked.keep)
        generator = LocustInContainer(
            started=stack.pin_load,
            await_workers=asked.await_workers,
            site_port=port,
            said=lambda sentence: console.print(sentence, soft_wrap=True, highlight=False),
        )
        origin = Origin(typed(arguments), definition(asked).read_text(encoding="utf-8"))
        return compare(console, plan, turns, stack, generator, asked.out, origin=origin)
    except BadDefinition as error:
        sys.stderr.writelines(f"bench: {problem}\n" for problem in error.problems)
        return 2
    except toggles.BadToggle as error:
        sys.stderr.write(f"bench: {error}\n")
        return 2
    except (StackFailed, OSError) as error:
        sys.stderr.write(f"bench: {error}\n")
        return 1


def refuse_debug(settings: Mapping[str, str]) -> None:
    """Raises BadToggle: the toolbar's own work would be in every figure, and no page is kept then."""
    if settings["LAB_DEBUG"] == "on":
        raise toggles.BadToggle(
            "LAB_DEBUG=on is not measured: accepted is off (./scripts/lab toggle LAB_DEBUG=off)"
        )


def show_all(console: Console) -> None:
    """Every shipped experiment: its name, how long it takes, its question."""
    for name, path in shipped().items():
        plan = planning.planned(name, read(path), planning.Asked())
        console.print(
            f"{name:12}{about(duration(plan)).removeprefix('about '):12}{plan.question}",
            highlight=False,
        )


def show(console: Console, plan: Plan, turns: Sequence[Turn]) -> None:
    """The plan, run by run."""

    def say(line: str) -> None:
        console.print(line, highlight=False, markup=False, soft_wrap=True)

    say(plan.question)
    for visits in plan.visits:
        say(f"visits: {visits.sentence}")
    for posts in sizes(plan):
        say(
            f"first     {posts:,} posts are seeded into a database of their own, unless it is there: "
            f"{about(seeding_seconds(posts))}"
        )
    for turn in turns:
        say(f"round {turn.round}  {turn.variant.name:28}{turn.variant.sentence}")
    say(f"{len(turns)} runs, {about(duration(plan))}")


def compare(
    console: Console,
    plan: Plan,
    turns: Sequence[Turn],
    stack: Stack,
    generator: Generator,
    out: Path,
    ending: Ending | None = None,
    origin: Origin = UNKNOWN,
) -> int:
    """Make the comparison; whatever ends it, the stack is put back, what was measured is kept and
    `ending` (by default `finish`) tells of it."""
    # A session that is closed ends it too, unless it was told to outlive that (nohup).
    hears = [
        each
        for each in (signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(each) is not signal.SIG_IGN
    ]
    for each in hears:
        signal.signal(each, _stop)
    estimate = seconds(len(turns), plan.warm, plan.measure)
    console.print(f"{len(turns)} runs, {about(duration(plan))}; Ctrl-C keeps what was measured")
    now = datetime.now(UTC)
    journal, result = None, None
    remarks = code = 0
    try:
        stack.open()
        stack.prepare(plan, lambda sentence: console.print(sentence, style="dim"))
        with stack.further_away(plan.rtt_ms):
            result = begin(plan, stack, now, origin)
            remarks = len(result.notes)
            journal = Journal(out / f"{now:%Y%m%dT%H%M%SZ}-{plan.name}")
            with (
                Terminal(console, len(turns), estimate) as terminal,
                Progress(terminal, plan, resolved) as watcher,
            ):
                Experiment(plan, stack, generator, journal, watcher, resolved).run(turns, result)
        result.complete = True
        code = 1 if len(result.notes) > remarks else 0
    except NetworkFailed as error:
        code = 1
        console.print(f"bench: {error}", markup=False, soft_wrap=True)
        if result:
            result.spoilt.append(str(error))
    except KeyboardInterrupt:
        code = 130
    finally:
        # What follows puts things back; a second Ctrl-C would leave them half-way.
        for number in (signal.SIGINT, *hears):
            signal.signal(number, signal.SIG_IGN)
        restore(console, stack, generator)
        if result and journal:
            (ending or finish)(console, result, journal)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number in hears:
            signal.signal(number, signal.SIG_DFL)
    return code


def begin(plan: Plan, stack: Stack, now: datetime, origin: Origin = UNKNOWN) -> Result:
    return Result(
        created=now.isoformat(timespec="seconds"),
        plan=plan,
        machine=stack.machine(),
        revision=revision.current(Path.cwd()),
        versions=stack.versions(),
        command=origin.command,
        experiment=origin.experiment,
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
    files.write(result, journal.folder)
    conclude(console, result)
    console.print(
        f"\nthe report: {journal.folder / 'report.html'}", soft_wrap=True, highlight=False
    )


def _stop(number: int, frame: FrameType | None) -> None:
    """TERM and HUP end a comparison as Ctrl-C does."""
    with suppress(ValueError):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
