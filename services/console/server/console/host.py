"""What the host tells by files in the shared folder: a benchmark that runs, and switches under way.

Files and not a socket, for a socket does not cross the virtual machine of Docker Desktop. Whatever is in them
is checked: they are the host's, and may be of another version.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

Json = dict[str, Any]

BENCH, SWITCHING, HEARTBEAT = "bench.json", "switching.json", "heartbeat.json"
MOST_BYTES = 64 * 1024
ALIVE = 10.0  # seconds for which a heartbeat counts
RECENT = 60.0  # seconds for which a switch that has ended is told to who comes


class Followed:
    """A JSON file that is read again only when it was replaced."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int, int] | None = None
        self._found: Json = {}

    def read(self) -> Json:
        """Its object; empty where there is none."""
        try:
            state = self._path.stat()
            stamp = (state.st_ino, state.st_mtime_ns, state.st_size)
            if stamp != self._stamp:
                self._found, self._stamp = {}, stamp
                with self._path.open("rb") as file:
                    found = json.loads(file.read(MOST_BYTES))
                self._found = found if isinstance(found, dict) else {}
        except (OSError, ValueError, RecursionError):
            self._found = {}
        return self._found


class Host:
    def __init__(self, folder: Path) -> None:
        self._bench = Followed(folder / BENCH)
        self._switching = Followed(folder / SWITCHING)
        self._heartbeat = Followed(folder / HEARTBEAT)

    def bench(self) -> Json:
        """The event `bench`; of one that was killed only that none runs."""
        told = self._bench.read()
        running = told.get("running") is True and _number(told.get("until")) > time.time()
        if not running:
            return {"running": False}
        shown = ("experiment", "phase", "began", "rows")
        return {"running": True, **{name: told[name] for name in shown if name in told}}

    def measured(self) -> Mapping[str, str]:
        """The toggles of the variant that a benchmark measures now; it switches without this container."""
        told = self._bench.read().get("toggles")
        if not self.bench()["running"] or not isinstance(told, dict):
            return {}
        return {name: value for name, value in told.items() if isinstance(value, str)}

    def switches(self) -> list[Json]:
        """The states of the last switches, oldest first."""
        told = self._switching.read().get("states")
        return [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []

    def recent(self) -> list[Json]:
        """Those that have not ended, or just now."""
        now = time.time()
        return [each for each in self.switches() if now - _number(each.get("at")) < RECENT]

    def allows_switching(self) -> bool:
        return abs(time.time() - _number(self._heartbeat.read().get("at"))) < ALIVE


def _number(value: object) -> float:
    with suppress(TypeError, ValueError):
        return float(value)  # type: ignore[arg-type]
    return 0.0
