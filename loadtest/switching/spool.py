"""The folder between the page's container and this host: requests come in, states and a heartbeat go out."""

from __future__ import annotations

import json
import os
import re
import stat
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import journal

HEARTBEAT, STATES = "heartbeat.json", "switching.json"
NAME = re.compile(r"([0-9a-f]{16})\.json")
MOST_BYTES = 1024
MOST_STATES = 20


@dataclass(frozen=True, slots=True)
class Request:
    """toggle, value: as they were asked for, and not yet checked."""

    id: str
    toggle: object
    value: object


@dataclass
class Spool:
    """folder: what is shared. Raises OSError where it can't be opened."""

    folder: Path
    _states: list[dict[str, Any]] = field(default_factory=list)

    @property
    def requests(self) -> Path:
        return self.folder / "requests"

    def open(self) -> None:
        """From now on the container, which runs as somebody else, may put requests in. Older ones go."""
        self.requests.mkdir(parents=True, exist_ok=True)
        self._empty()
        self.requests.chmod(0o1777)
        self.beat()

    def close(self) -> None:
        with suppress(OSError):
            (self.folder / HEARTBEAT).unlink()
        with suppress(OSError):
            self.requests.chmod(0o755)
        with suppress(OSError):
            for request in self.take():
                self.tell(request, "failed", "switching was ended on the host")
        self._empty()

    def beat(self) -> None:
        journal.tell(HEARTBEAT, {"at": time.time()}, self.folder)

    def take(self) -> list[Request]:
        """What was asked for, the oldest first. Each is taken once; what is no request is thrown away."""
        found = []
        for path in sorted(self._files(), key=_age):
            match = NAME.fullmatch(path.name)
            asked = _object(path) if match else None
            if path.name.endswith(".new") and time.time() - _age(path) < 10:
                continue  # just being written
            with suppress(OSError):
                path.unlink()
            if match and asked is not None:
                found.append(Request(match[1], asked.get("toggle"), asked.get("value")))
        return found

    def tell(self, request: Request, state: str, text: str) -> None:
        """state: waiting, running, done or failed."""
        told = {
            "id": request.id,
            "toggle": str(request.toggle)[:40],
            "value": str(request.value)[:40],
            "state": state,
            "text": " ".join(text.split())[:300],
            "at": round(time.time(), 3),
        }
        others = [each for each in self._states if each["id"] != request.id]
        self._states = [*others, told][-MOST_STATES:]
        journal.tell(STATES, {"states": self._states}, self.folder)

    def _empty(self) -> None:
        with suppress(OSError):
            for path in self._files():
                with suppress(OSError):
                    path.unlink()

    def _files(self) -> list[Path]:
        """What was put in; `.gitignore` is what keeps the folder in the repository."""
        return [path for path in self.requests.iterdir() if path.name != ".gitignore"]


def _age(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except OSError:
        return 0.0


def _object(path: Path) -> dict[str, Any] | None:
    """A small regular file's JSON object. Whoever may write into the folder may not make this host read
    another file, or wait for one."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                return None
            text = os.read(file, MOST_BYTES)
        finally:
            os.close(file)
        found = json.loads(text)
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
