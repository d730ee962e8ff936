"""The journal: what was done to the stack, and when, for the live page to mark in its charts.

Each line is one marker in JSON, appended by one write, so that several writers need no lock:

    {"id": 1795626831123456, "at": 1795626831.123, "kind": "toggle", "text": "LAB_TTL=5", "count": null}

A journal that has grown to MOST_BYTES becomes the older of two, so both together stay below twice that.
As a program it serves the task runner: `journal.py KIND TEXT`. Only the standard library is used.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "services" / "console" / "shared"
"""What the host and the console's container share: the container sees it mounted."""
NEWER, OLDER = "journal.jsonl", "journal.old.jsonl"
MOST_BYTES = 256 * 1024
LONGEST_TEXT = 200

KINDS = ("purge", "toggle", "fault", "phase", "alert")


@dataclass(frozen=True, slots=True)
class Marker:
    """id: microseconds since 1970, which tells markers apart. at: seconds since 1970. count: how many
    things happened in one, such as purges."""

    id: int
    at: float
    kind: str
    text: str
    count: int | None = None


def new(kind: str, text: str, count: int | None = None, at: float | None = None) -> Marker:
    """A marker of this moment, or of `at`. Raises ValueError for a kind that is none."""
    if kind not in KINDS:
        raise ValueError(f"{kind!r}: accepted kinds are {', '.join(KINDS)}")
    at = time.time() if at is None else at
    return Marker(
        int(at * 1_000_000), round(at, 3), kind, " ".join(text.split())[:LONGEST_TEXT], count
    )


def mark(kind: str, text: str, folder: Path | None = None) -> None:
    """Appends a marker. A folder that can't be written is no reason for what is marked to fail."""
    folder = folder or FOLDER
    line = json.dumps(asdict(new(kind, text)), ensure_ascii=False).encode() + b"\n"
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / NEWER
        if path.exists() and path.stat().st_size >= MOST_BYTES:
            path.replace(folder / OLDER)
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(file, line)
        finally:
            os.close(file)


def tell(name: str, what: Mapping[str, Any], folder: Path | None = None) -> None:
    """Replaces a JSON file of the shared folder in one step, such as `bench.json`. A folder that can't be
    written is no reason for what is told to fail."""
    path = (folder or FOLDER) / name
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{name}.new")
        fresh.write_text(json.dumps(what, ensure_ascii=False), encoding="utf-8")
        fresh.chmod(0o644)
        fresh.replace(path)


def read(folder: Path, since: float = 0.0) -> list[Marker]:
    """The markers at or after `since`, oldest first. Lines that are no markers are left out."""
    found: list[Marker] = []
    for name in (OLDER, NEWER):
        with suppress(OSError):
            found += parse((folder / name).read_bytes())
    return sorted((m for m in found if m.at >= since), key=lambda marker: marker.id)


def parse(lines: bytes) -> Iterator[Marker]:
    """The markers among these lines."""
    for line in lines.splitlines():
        with suppress(ValueError, TypeError):
            fields = json.loads(line)
            marker = Marker(**fields)
            if (
                isinstance(marker.id, int)
                and isinstance(marker.at, int | float)
                and marker.kind in KINDS
                and isinstance(marker.text, str)
                and isinstance(marker.count, int | None)
            ):
                yield marker


def main(arguments: list[str]) -> int:
    if len(arguments) != 2 or arguments[0] not in KINDS:
        sys.stderr.write(f"usage: journal.py {'|'.join(KINDS)} TEXT\n")
        return 2
    kind, text = arguments
    mark(kind, text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
