"""What happened, and when: from the journals, from the purges' counters, from Prometheus' alerts."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zlib import crc32

import journal
from journal import Marker

from .prometheus import Lost, Prometheus
from .reader import Reader
from .window import step

LOOK_AT_ALERTS = 5.0  # seconds between two looks
SAME = 180.0  # seconds for which a toggle's marker stands for its effect, too
MOST = 500  # markers of one answer
MOST_AT_ONCE = 1_000_000  # alerts that are told apart within the second


def since(folders: Iterable[Path], moment: float) -> list[Marker]:
    """Of all journals, oldest first."""
    found = [marker for folder in folders for marker in journal.read(folder, moment)]
    return sorted(found, key=lambda marker: marker.id)


def note_switches(kept: Path, shared: Path, toggles: Mapping[str, str]) -> None:
    """Marks the toggles that have other values than at the last start, unless whoever switched them did. A
    folder that can't be written only loses these marks."""
    path = kept / "toggles.json"
    before: Any = {}
    with suppress(OSError, ValueError):
        before = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(before, dict) and before:
        told = {m.text for m in journal.read(shared, time.time() - SAME) if m.kind == "toggle"}
        for name, value in toggles.items():
            text = f"{name}={value}"
            if before.get(name) != value and text not in told:
                journal.mark("toggle", text, kept)
    with suppress(OSError):
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(dict(toggles)), encoding="utf-8")
        fresh.replace(path)


def of_alert(alert: Mapping[str, Any]) -> Marker:
    """Raises KeyError, ValueError for what is none."""
    labels = alert["labels"]
    text = alert.get("annotations", {}).get("summary") or labels["alertname"]
    made = journal.new("alert", text, at=datetime.fromisoformat(alert["activeAt"]).timestamp())
    # All alerts of an evaluation became active in the same microsecond; each keeps its number for as long as
    # it fires.
    own = crc32(json.dumps(labels, sort_keys=True).encode()) % MOST_AT_ONCE
    return replace(made, id=made.id + own)


class News:
    """The markers that are new since the last look; of the first look, those since it was begun."""

    def __init__(self, reader: Reader, prometheus: Prometheus, folders: Iterable[Path]) -> None:
        self._reader = reader
        self._prometheus = prometheus
        self._folders = [*folders]
        self._asking: asyncio.Task[list[Marker]] | None = None
        self.begin()

    def begin(self) -> None:
        self._last = int(time.time() * 1_000_000)
        self._seen: dict[Path, tuple[int, int]] = {}
        self._purged: dict[tuple[str, str], float] = {}
        self._alerts: set[int] | None = None
        self._look_at = 0.0

    def stop(self) -> None:
        """Gives up what is under way."""
        if self._asking:
            self._asking.cancel()
            self._asking = None

    def look(self) -> list[Marker]:
        """To be called in an event loop, once a second."""
        found = [*self._journals(), *self._purges(), *self._firing()]
        return sorted(found, key=lambda marker: marker.id)

    def _journals(self) -> list[Marker]:
        stamps = {folder: _stamp(folder / journal.NEWER) for folder in self._folders}
        if stamps == self._seen:
            return []
        self._seen = stamps
        found = [m for m in since(self._folders, self._last / 1_000_000 - 1) if m.id > self._last]
        self._last = max([self._last, *(marker.id for marker in found)])
        return found

    def _purges(self) -> list[Marker]:
        now = {
            (source, server): count
            for source in ("web", "relay")
            for server, count in self._reader.windows[source]
            .by_server("caching_purges_total", outcome="done")
            .items()
        }
        count = sum(step(self._purged[key], now[key]) for key in now.keys() & self._purged.keys())
        self._purged = now
        if not count:
            return []
        return [journal.new("purge", f"{count:.0f} purged downstream", int(count))]

    def _firing(self) -> list[Marker]:
        """Prometheus is asked beside the page's figures: where it is slow these must not wait for it."""
        found: list[Marker] = []
        if self._asking and self._asking.done():
            firing = self._asking.result()
            self._asking = None
            known, self._alerts = self._alerts, {marker.id for marker in firing}
            found = [marker for marker in firing if known is not None and marker.id not in known]
        if self._asking is None and time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + LOOK_AT_ALERTS
            self._asking = asyncio.create_task(alerts(self._prometheus))
        return found


async def alerts(prometheus: Prometheus) -> list[Marker]:
    """Those that fire; none while Prometheus gives no answer."""
    found: list[Marker] = []
    with suppress(Lost):
        for alert in await prometheus.alerts():
            with suppress(KeyError, ValueError, AttributeError):
                found.append(of_alert(alert))
    return found


async def past(prometheus: Prometheus, folders: Iterable[Path], minutes: int) -> list[Marker]:
    """The last minutes' markers, oldest first; at most the newest MOST."""
    moment = time.time() - 60 * minutes
    found = since(folders, moment)
    found += [marker for marker in await alerts(prometheus) if marker.at >= moment]
    with suppress(Lost):
        for at, count in await prometheus.purges(minutes):
            found.append(journal.new("purge", f"{count} purged downstream", count, at))
    return sorted(found, key=lambda marker: marker.id)[-MOST:]


def as_json(marker: Marker) -> dict[str, Any]:
    return asdict(marker)


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)
