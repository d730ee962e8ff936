"""Delivers the invalidations that their writers could not."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, connection
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest, start_http_server

from caching.invalidation import relay
from caching.outbox_metrics import OutboxCollector


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
        parser.add_argument(
            "--metrics-port", type=int, help="a port on which Prometheus may ask how much is owed"
        )

    def handle(
        self,
        *_: Any,
        every: float,
        heartbeat: Path | None,
        metrics_port: int | None,
        **__: Any,
    ) -> None:
        if metrics_port:
            start_http_server(metrics_port, registry=everything())
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
                connection.close()  # no request ends here, after which Django would open a new one
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


def everything() -> CollectorRegistry:
    """What this process counts, and what is owed. They are kept apart because the second asks the
    database, which whoever only wants the first must not do."""
    both = CollectorRegistry()
    both.register(REGISTRY)
    both.register(OutboxCollector())
    return both
