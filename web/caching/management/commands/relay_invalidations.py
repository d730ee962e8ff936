"""Delivers the invalidations that their writers could not."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError
from prometheus_client import generate_latest

from caching.invalidation import relay


class Command(BaseCommand):
    """Looks for overdue invalidations until it is told to stop (SIGTERM, SIGINT)."""

    help = "Deliver invalidations that a dead process or an unreachable cache left behind."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=float, default=0.5, help="seconds between two looks")

        parser.add_argument(
            "--heartbeat",
            type=Path,
            help="a file to write at each look what this process has counted, as Prometheus reads it: "
            "for a health check (its age) and the benchmark",
        )

    def handle(self, *_: Any, every: float, heartbeat: Path | None, **__: Any) -> None:
        stop = threading.Event()

        def end(signal_: int, frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        while not stop.wait(every):
            try:
                delivered = relay()
            except DatabaseError as failure:
                self.stderr.write(f"the database did not answer, trying again: {failure}")
                continue
            if heartbeat:
                beat(heartbeat)
            if delivered:
                self.stdout.write(f"delivered {delivered} overdue invalidations")


def beat(heartbeat: Path) -> None:
    """Replaced in one step: whoever reads it finds all of it."""
    beside = heartbeat.with_name(f"{heartbeat.name}.new")
    beside.write_bytes(generate_latest())
    beside.replace(heartbeat)
