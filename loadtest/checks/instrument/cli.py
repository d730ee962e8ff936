"""The command line: which parts, how much of each; a line for each figure, then the verdict."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
from rich.console import Console

import toggles
from bench.changes.reading import Unreadable, load
from bench.cli import Whole, restore
from bench.result import Result
from bench.stack import StackFailed
from terminal import LineParser, output

from ..edge.cli import stop
from ..edge.figures import Part, missed, table
from .asked import Asked
from .layers import EXPERIMENT, shipped_plan
from .measure import PREFIX, Instrument, Kept, NotMeasured
from .parts import PARTS

FIGURES = "instrument.json"


class BadFigures(ValueError):
    """What is kept of earlier checks is no such thing; the text is one line."""


def earlier(path: Path) -> dict[str, object]:
    """The figures that are kept, part by part. Raises BadFigures."""
    if not path.exists():
        return {}
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, object])
    except msgspec.MsgspecError as error:
        raise BadFigures(
            f"{path}: not the figures of earlier checks ({error}): accepted is their file, or none"
        ) from None


def some_parts(text: str) -> list[str]:
    asked = [part.strip() for part in text.split(",")]
    for name in asked:
        if name not in PARTS:
            raise argparse.ArgumentTypeError(f"{name!r}: accepted values are {', '.join(PARTS)}")
    return list(dict.fromkeys(asked))


def parser() -> LineParser:
    made = LineParser(prog="check instrument", description="Puts the benchmark itself to the test.")
    add = made.add_argument
    add(
        "--short",
        action="store_true",
        help=f"fewer comparisons of each, and {EXPERIMENT}, which has one, only where --only asks for it",
    )
    add("--only", type=some_parts, metavar="PART,...", help=f"of {', '.join(PARTS)}")
    add(
        "--comparisons",
        type=Whole(1, 100),
        metavar="N",
        help="of a variant with itself, slowed or not (aa, detect)",
    )
    add("--rounds", type=Whole(2, 100), metavar="N", help="paired, of each comparison")
    add(
        "--again",
        type=Path,
        metavar="RESULT",
        help="measure nothing: judge the runs that an earlier check left in this folder, --rounds of them"
        " (as many as are measured by default) to a comparison",
    )
    add("--out", type=Path, default=Path("results"), help="where the results go")
    add("--dry-run", action="store_true", help="say how long it takes")
    return made


def wanted(given: argparse.Namespace) -> tuple[list[str], Asked]:
    """The parts, and how much of each."""
    asked = Asked.SHORT if given.short else Asked.FULL
    if given.comparisons:
        asked = replace(asked, same=given.comparisons, slowed=given.comparisons)
    if given.rounds:
        asked = replace(
            asked,
            same_rounds=given.rounds,
            slowed_rounds=given.rounds,
            layers_rounds=given.rounds,
        )
    every = [name for name in PARTS if not (given.short and name == EXPERIMENT)]
    return given.only or every, asked


def main(
    arguments: Sequence[str],
    instrument: Callable[[Console, Path], Instrument] = Instrument.real,
) -> int:
    """Exit codes: 0 it measures as it should, 1 it doesn't or could not, 2 asked wrongly, 130 stopped."""
    asks = parser()
    given = asks.parse_args(arguments)
    if given.again and (given.only or given.short or given.comparisons or given.dry_run):
        asks.error("--again judges what was measured; accepted beside it are --rounds and --out")
    names, asked = wanted(given)
    console = output()
    if given.again:
        return judge_again(console, given.again, asked, given.out, every=not given.rounds)
    minutes = {**asked.minutes(), EXPERIMENT: asked.layers_minutes(shipped_plan())}
    for name in names:
        console.print(f"{name}: about {minutes[name]:.0f} minutes", highlight=False)
    if given.dry_run:
        return 0
    before = signal.signal(signal.SIGTERM, stop)
    try:
        # Nobody wants to learn after hours that there is no place for the figures.
        earlier(given.out / FIGURES)
        return judge(console, names, asked, instrument(console, given.out), given.out)
    except (toggles.BadToggle, BadFigures, StackFailed, OSError) as error:
        sys.stderr.write(f"check instrument: {error}\n")
        return 2 if isinstance(error, toggles.BadToggle | BadFigures) else 1
    except KeyboardInterrupt:
        return 130
    finally:
        signal.signal(signal.SIGTERM, before)


def judge(
    console: Console, names: Sequence[str], asked: Asked, instrument: Instrument, out: Path
) -> int:
    """Make the parts, put the stack back whatever happens, print and keep what was found."""
    found: dict[str, Part] = {}
    broken: list[str] = []
    try:
        instrument.stack.open()
        for name in names:
            console.print(f"{name} …", style="dim", highlight=False)
            try:
                found[name] = PARTS[name](instrument, asked)
            except NotMeasured as problem:
                broken.append(f"{name}: {problem}")
                continue
            tell(console, found[name])
    finally:
        restore(console, instrument.stack, instrument.load)
        if found:
            keep(out / FIGURES, found)
    return conclude(console, found, broken)


def judge_again(console: Console, folder: Path, asked: Asked, out: Path, every: bool) -> int:
    """As `judge`, but of what an earlier check measured, with today's arithmetic. every: of `layers`, whose
    rounds are one comparison, all that there are."""
    try:
        result = load(folder)
        name = result.plan.name.removeprefix(PREFIX)
        if name not in PARTS or name == result.plan.name:
            raise Unreadable(
                f"{folder}: of {result.plan.name}; accepted are runs of this check ({', '.join(PARTS)})"
            )
        if every:
            asked = replace(asked, layers_rounds=result.plan.rounds)
        asked = as_measured(result, asked, folder)
        found = {name: PARTS[name](Kept(result), asked)}
        tell(console, found[name])
        keep(out / FIGURES, found)
    except (BadFigures, Unreadable, OSError) as error:
        sys.stderr.write(f"check instrument: {error}\n")
        return 2
    return conclude(console, found, [])


def as_measured(result: Result, asked: Asked, folder: Path) -> Asked:
    """With as many comparisons as there are rounds for. Raises Unreadable where there is none, or where a run
    is missing."""
    plan = result.plan
    if not result.complete or len(result.runs) < plan.rounds * len(plan.variants):
        raise Unreadable(f"{folder}: not all of its runs were made; measure again")
    takes = {
        "aa": asked.same_rounds,
        "repeat": 1,
        "detect": asked.slowed_rounds,
        EXPERIMENT: asked.layers_rounds,
    }
    needed = takes[plan.name.removeprefix(PREFIX)]
    if plan.rounds < needed:
        raise Unreadable(
            f"{folder}: holds {plan.rounds} rounds, and a comparison takes {needed}; accepted are --rounds "
            f"from 2 to {plan.rounds}"
        )
    return replace(
        asked, same=plan.rounds // asked.same_rounds, slowed=plan.rounds // asked.slowed_rounds
    )


def tell(console: Console, part: Part) -> None:
    for remark in part.remarks:
        console.print(f"  {remark}", highlight=False, soft_wrap=True, markup=False)


def conclude(console: Console, found: dict[str, Part], broken: Sequence[str]) -> int:
    """Print what was found, and what of it is not as it should be; the exit code."""
    console.print(table(found))
    wrong = [*broken, *missed(found)]
    for line in wrong:
        console.print(f"✗ {line}", style="red", highlight=False, soft_wrap=True, markup=False)
    return 1 if wrong else 0


def keep(path: Path, found: dict[str, Part]) -> None:
    """The figures, part by part, beside those of parts that were measured before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = {**earlier(path), **found}
    fresh = path.with_name(f".{path.name}")
    fresh.write_bytes(msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")
    fresh.replace(path)
