"""How soon a write is fresh at the edge; `./scripts/lab check edge` runs it."""

from __future__ import annotations

import signal
from dataclasses import asdict
from types import FrameType
from typing import Any, NoReturn

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser

from trials.purging import Edge, NotShown, purging


class Command(BaseCommand):
    help = "Fill an edge with pages, write, purge, and print JSON with the times."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--many", default="varnish", help="the edge that keeps all pages")
        parser.add_argument("--few", required=True, help="the edge that keeps few")
        parser.add_argument("--objects", type=int, default=100_000, help="how many pages are all")
        parser.add_argument("--little", type=int, default=1_000, help="how many are few")
        parser.add_argument("--times", type=int, default=1_000, help="writes, and purges of each")

    def handle(self, *_: Any, **asked: Any) -> None:
        many, few = Edge(asked["many"]), Edge(asked["few"])
        before = signal.signal(signal.SIGTERM, _stop)
        try:
            outcome = purging(many, few, asked["objects"], asked["little"], asked["times"])
        except NotShown as problem:
            raise CommandError(str(problem)) from problem
        finally:
            signal.signal(signal.SIGTERM, before)
        self.stdout.write(msgspec.json.encode(asdict(outcome)).decode())


def _stop(signal_: int, frame: FrameType | None) -> NoReturn:
    """Through `finally`, so that no row is left behind."""
    raise CommandError("it was told to stop")
