"""`./scripts/lab check rivals`: ours beside Django's page cache, django-cacheops and django-cachalot.

The same site, pages and visitors for all, in rounds whose order is drawn anew: 30 requests read for one
that writes a comment, and each post that is read is checked for the newest comment on it. The promise:
less CPU per request than each of them, and fewer stale answers.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.console import Console

import toggles
from bench import cli
from bench.definitions.accepted import RIVALS_IMAGE
from bench.definitions.schema import MOST_USERS
from bench.load import LocustInContainer
from bench.result import Journal, Pair, Plan, Result, Variant, Visits
from bench.schedule import schedule
from bench.stack import ComposeStack, StackFailed
from terminal import LineParser, output

from . import _checker, _comparison
from ._comparison import OURS
from .stack import CommandError

VISITS = Visits(mix="thirty-to-one", users=16, pages=80)


def _variant(name: str, sentence: str, settings: str = "", **toggles: str) -> Variant:
    """`settings`: the rival's module in its image; without one it is the site as it ships."""
    rival = {"LAB_WEB_IMAGE": RIVALS_IMAGE, "LAB_SETTINGS_MODULE": f"rivals.{settings}"}
    default = {
        "LAB_UPSTREAM": "redis",
        "LAB_FRESHNESS": "invalidate",
        "LAB_EDGE_PAGES": "off",
        "LAB_EDGE_ASSETS": "off",
        "LAB_GENERATED": "on",
    }
    merged = {**default, **(rival if settings else {}), **toggles}
    return Variant(name, sentence, merged, VISITS)


VARIANTS: dict[str, Variant] = {
    variant.name: variant
    for variant in (
        _variant("none", "The site without any cache.", "settings", LAB_UPSTREAM="off"),
        _variant(OURS, "This library: values and fragments in Redis, no kept pages."),
        _variant("ours-and-edge", "The same, and pages kept by Varnish.", LAB_EDGE_PAGES="on"),
        _variant("cache_page", "Django's page cache, 60 s, in Redis.", "settings_cache_page"),
        _variant("cacheops", "django-cacheops: querysets in Redis.", "settings_cacheops"),
        _variant("cachalot", "django-cachalot: queries in Redis.", "settings_cachalot"),
    )
}

RIVALS = ("cache_page", "cacheops", "cachalot")

SUBJECTS = {
    "none": "uncached",
    OURS: "policies",
    "cache_page": "rivals.subjects:CachePage",
    "cacheops": "rivals.subjects:Cacheops",
    "cachalot": "rivals.subjects:Cachalot",
}
"""What the stale-read checker calls each. Pages at the edge are the freshness check's."""

WRITES = 1 / 31
"""One write for 30 reads."""


def parser() -> LineParser:
    made = LineParser(prog="check rivals", description=str(__doc__).partition("\n")[0])
    made.add_argument("--rounds", type=cli.Whole(1, 100), default=3, help="default: 3")
    made.add_argument(
        "--duration",
        type=cli.Whole(1, 3600),
        default=10,
        help="seconds that each run measures (10)",
    )
    made.add_argument(
        "--warm", type=cli.Whole(4, 3600), default=10, help="seconds before that (default: 10)"
    )
    made.add_argument(
        "--users", type=cli.Whole(1, MOST_USERS), default=16, help="requests under way at once"
    )
    made.add_argument(
        "--pages", type=cli.Whole(1, 1_000_000), default=80, help="posts visited (80)"
    )
    made.add_argument(
        "--seed", type=cli.Whole(0, 2**31), default=1, help="fixes order and visitors"
    )
    made.add_argument(
        "--reads",
        type=cli.Whole(0, 10_000_000),
        default=20_000,
        help="that the stale-read checker makes of each; 0 leaves it out (default: 20000)",
    )
    made.add_argument("--out", type=Path, default=Path("results"), help="where the results go")
    made.add_argument("--write", type=Path, metavar="FILE", help="write the comparison as Markdown")
    return made


def planned(asked: argparse.Namespace) -> Plan:
    visits = msgspec.structs.replace(VISITS, users=asked.users, pages=asked.pages)
    return Plan(
        name="rivals",
        variants=tuple(
            msgspec.structs.replace(variant, visits=visits) for variant in VARIANTS.values()
        ),
        baseline=OURS,
        pairs=tuple(Pair(name, OURS, name) for name in VARIANTS if name != OURS),
        rounds=asked.rounds,
        warm=asked.warm,
        measure=asked.duration,
        seed=asked.seed,
    )


def main(arguments: Sequence[str]) -> int:
    asked = parser().parse_args(arguments)
    console = output()
    command = shlex.join(["./scripts/lab", "check", "rivals", *arguments])
    try:
        code, measured = measure(console, planned(asked), asked.out)
        if measured is None:
            return code or 1
        held = conclude(console, *measured, asked, command)
    except (toggles.BadToggle, StackFailed, CommandError, OSError) as error:
        sys.stderr.write(f"check rivals: {error}\n")
        return 2 if isinstance(error, toggles.BadToggle) else 1
    except KeyboardInterrupt:
        return 130
    return code or (0 if held else 1)


def measure(console: Console, plan: Plan, out: Path) -> tuple[int, tuple[Result, Journal] | None]:
    """Make all runs and put the stack back. The benchmark's exit code; what there is to conclude from."""
    settings = toggles.resolve(os.environ)
    cli.refuse_debug(settings)
    stack = ComposeStack(Path.cwd(), int(settings["LAB_PORT"]))
    load = LocustInContainer(started=stack.pin_load)
    turns = schedule(plan.variants, plan.rounds, plan.seed)
    measured: list[tuple[Result, Journal]] = []

    def ending(console: Console, result: Result, journal: Journal) -> None:
        journal.write(result)
        measured.append((result, journal))

    code = cli.compare(console, plan, turns, stack, load, out, ending)
    return code, measured[0] if measured else None


def conclude(
    console: Console, result: Result, journal: Journal, asked: argparse.Namespace, command: str
) -> bool:
    """Put the checker to each, print what was found and write the page. Whether the promise held."""
    counts = checked(console, asked.reads if result.complete else 0)
    (journal.folder / "checker.json").write_bytes(msgspec.json.encode(counts))
    contest = _comparison.Contest(result, VARIANTS, RIVALS, counts, command)
    for table in contest.tables():
        console.print(table)
    for line in contest.lines():
        console.print(line, highlight=False)
    console.print(f"the result: {journal.folder / 'result.json'}", soft_wrap=True)
    if asked.write:
        asked.write.parent.mkdir(parents=True, exist_ok=True)
        asked.write.write_text(contest.markdown(), encoding="utf-8")
        console.print(f"written: {asked.write}", soft_wrap=True)
    return contest.held


def checked(console: Console, reads: int) -> dict[str, _checker.Counted]:
    """Each variant's outcome of the stale-read checker, by name. Raises CommandError."""
    found = {}
    for name, subject in SUBJECTS.items() if reads else ():
        console.print(f"the stale-read checker, {name}", style="dim")
        found[name] = _checker.count(subject, VARIANTS[name].toggles, reads, WRITES)
    return found
