"""Tells the live page how a comparison goes: what is measured now, and what was found so far."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

import journal
from bench.compare import rows
from bench.experiment import Watcher
from bench.result import Plan, Result, Variant
from bench.schedule import Turn

FILE = "bench.json"
SLACK = 600.0
"""Seconds that a phase may take beside its load; what was told longer ago is of one that was killed."""


class Progress:
    """A watcher between the comparison and the one in the terminal."""

    def __init__(
        self, watcher: Watcher, plan: Plan, toggles: Callable[[Variant], Mapping[str, str]]
    ) -> None:
        self._watcher = watcher
        self._plan = plan
        self._toggles = toggles
        self._began = round(time.time(), 3)
        self._rows: list[dict[str, Any]] = []

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        journal.tell(FILE, {"running": False})
        journal.mark("phase", f"{self._plan.name} has ended")

    def begins(self, turn: Turn) -> None:
        self._turn = turn
        self._watcher.begins(turn)

    def step(self, what: str) -> None:
        variant = self._turn.variant
        phase = f"round {self._turn.round} of {self._plan.rounds}: {variant.name}, {what}"
        journal.mark("phase", f"{self._plan.name}: {variant.name}, {what}")
        journal.tell(
            FILE,
            {
                "running": True,
                "experiment": self._plan.name,
                "phase": phase,
                "began": self._began,
                "rows": self._rows,
                "until": time.time() + self._plan.warm + self._plan.measure + SLACK,
                "toggles": {**self._toggles(variant), **variant.toggles},
            },
        )
        self._watcher.step(what)

    def ended(self, result: Result) -> None:
        self._rows = shown(result)
        self._watcher.ended(result)


def shown(result: Result) -> list[dict[str, Any]]:
    """A row for each variant that has a run. cpu_ms: of all services, per request. hit_ratio: of pages, at
    the edge; None where nothing was asked of it. done: rounds."""
    return [
        {
            "variant": row.variant,
            "requests_per_second": round(row.requests_per_second, 2),
            "cpu_ms": round(row.cpu_total_ms, 4),
            "hit_ratio": row.hit_ratios.get("pages"),
            "stale": row.truth.stale,
            "done": row.rounds,
        }
        for row in rows(result)
    ]
