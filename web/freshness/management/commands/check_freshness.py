"""`manage.py check_freshness`: one run of the stale-read checker, in one line."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict
from types import FrameType
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser

from freshness import checker, subjects
from freshness.checker import Outcome, Plan
from freshness.remote import Remote
from freshness.worker import Mix

MOST_WORKERS = 64


def number(least: float, most: float, kind: type = float) -> Callable[[str], Any]:
    """An argument's type: a number within bounds."""

    def parse(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            what = "whole numbers" if kind is int else "numbers"
            raise argparse.ArgumentTypeError(f"{text}: accepted are {what} from {least} to {most}")
        return value

    return parse


class Command(BaseCommand):
    """Exit codes: 0 no stale read and no error, 1 some, or the check was interrupted."""

    help = "Count reads that began after a write was acknowledged and were shown something older."

    def add_arguments(self, parser: CommandParser) -> None:
        accepted = ", ".join(subjects.SUBJECTS)
        add = parser.add_argument
        add("--subject", default="policies", help=f"{accepted}, or MODULE:CLASS")
        add("--reads", type=number(1, 10**9, int), default=20_000, help="to check, at least")
        add("--writes", type=number(0, 100), default=10.0, help="percent of what workers do")
        add("--workers", type=number(1, MOST_WORKERS, int), default=6, help="processes")
        add("--keys", type=number(1, checker.MOST_KEYS, int), default=16, help="rows")
        add("--pause", type=number(0, 1), default=0.0, help="seconds that a write lasts, at most")
        add("--kills", type=number(0, 100), default=0.0, help="percent of writes that kill")
        add("--bound", type=number(0, 60), default=2.0, help="seconds until a killed write counts")
        add("--seconds", type=number(0, 3600), default=0.0, help="to go on for, at least")
        add("--patience", type=number(1, 3600), default=600.0, help="seconds, at most")
        add(
            "--json",
            dest="as_json",
            action="store_true",
            help="the outcome as JSON, on the last line",
        )

    def handle(self, *_: Any, subject: str, as_json: bool, **options: Any) -> None:
        before = signal.signal(signal.SIGTERM, _stop)
        try:
            plan = _plan(subject, **options)
            # Whoever disturbs the store meanwhile begins now.
            self.stdout.write(f"checking {subject}")
            outcome = checker.check(plan)
        except (subjects.Unusable, checker.Interrupted) as problem:
            raise CommandError(str(problem)) from problem
        finally:
            signal.signal(signal.SIGTERM, before)
        self.stdout.write(figure(subject, outcome))
        if as_json:
            self.stdout.write(json.dumps(asdict(outcome)))
        if not outcome.held:
            sys.exit(1)


def _plan(subject: str, **options: Any) -> Plan:
    kind = subjects.find(subject)
    kind()  # what makes it unusable is said now, by one process
    if options["kills"] and issubclass(kind, Remote):
        raise subjects.Unusable(f"--kills: {subject} writes in another process, which lives on")
    mix = Mix(
        writes=options["writes"] / 100,
        pause=options["pause"],
        kills=options["kills"] / 100,
        bound=options["bound"],
    )
    names = ("reads", "keys", "workers", "seconds", "patience")
    local = not issubclass(kind, Remote)
    return Plan(subject=kind, local=local, mix=mix, **{name: options[name] for name in names})


def figure(subject: str, outcome: Outcome) -> str:
    """The outcome as one line for people."""
    parts = [
        f"{outcome.reads:,} reads checked",
        *([] if outcome.hits is None else [f"{outcome.hits:,} without a query"]),
        f"{outcome.writes:,} writes",
        f"{outcome.kills:,} kills",
        f"{outcome.stale:,} stale" + (f" (up to {outcome.longest:.3f} s)" if outcome.stale else ""),
        f"{outcome.errors:,} errors" + (f" ({outcome.first_error})" if outcome.errors else ""),
        f"{outcome.seconds:.1f} s",
    ]
    return f"{subject}: {', '.join(parts)}"


def _stop(signal_: int, frame: FrameType | None) -> NoReturn:
    raise checker.Interrupted("it was told to stop")
