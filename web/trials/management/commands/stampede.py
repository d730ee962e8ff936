"""One replica's part in a stampede; `./scripts/lab check stampede` starts it in all of them."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections

from trials import stampede


class Command(BaseCommand):
    help = "Callers in several processes ask for one key that nobody has kept; prints JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="names the key; the same in all replicas")
        parser.add_argument("--callers", type=int, default=250)
        parser.add_argument("--processes", type=int, default=2)
        parser.add_argument("--seconds", type=float, default=0.5, help="of one computation")
        parser.add_argument("--at", type=float, default=0.0, help="when: seconds since 1970")
        parser.add_argument("--die", action="store_true", help="the first to compute is killed")
        parser.add_argument("--hot", type=float, metavar="SECONDS", help="read a key that ages")

    def handle(self, *_: Any, **asked: Any) -> None:
        connections.close_all()  # no fork may share a connection
        at = asked["at"] or time.time()
        if asked["hot"]:
            outcome = stampede.hot(
                asked["name"], asked["processes"], asked["seconds"], asked["hot"], at
            )
        else:
            outcome = stampede.stampede(
                asked["name"],
                asked["callers"],
                asked["processes"],
                asked["seconds"],
                at,
                asked["die"],
            )
        self.stdout.write(msgspec.json.encode(asdict(outcome)).decode())
