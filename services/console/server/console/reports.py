"""The benchmark's reports: a list of them, and their files, which must not act with this page's rights."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.responses import FileResponse

from .security import Refused

Json = dict[str, Any]

MOST = 20
MOST_BYTES = 64 * 1024  # of a summary
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")
FILES: Mapping[str, str] = {
    "report.html": "text/html",
    "report.md": "text/plain",
    "result.json": "application/json",
    "runs.csv": "text/csv",
    "runs.jsonl": "text/plain",
}
"""What is served of a result's folder, and as what."""
POLICY = (
    "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""An origin of its own, and no scripts."""


def listed(results: Path) -> list[Json]:
    """The newest first, at most MOST. `valid` and `sentence` are the benchmark's own judgement; null and
    empty where it wrote none."""
    found = []
    for folder in _folders(results)[:MOST]:
        told = _summary(folder / "summary.json")
        found.append(
            {
                "name": folder.name,
                "at": _moment(folder),
                "experiment": _text(told, "experiment") or folder.name.partition("-")[2],
                "valid": told.get("valid") if isinstance(told.get("valid"), bool) else None,
                "sentence": _text(told, "sentence"),
                "html": f"/reports/{folder.name}/report.html",
            }
        )
    return found


def file(results: Path, name: str, wanted: str) -> FileResponse:
    """Raises Refused for what is no report's file, or leads out of the folder."""
    if not NAME.fullmatch(name) or wanted not in FILES:
        raise Refused("there is no such report", 404)
    folder = results / name
    path = folder / wanted
    if folder.is_symlink() or path.is_symlink() or not path.is_file():
        raise Refused("there is no such report", 404)
    return FileResponse(path, media_type=FILES[wanted], headers={"Content-Security-Policy": POLICY})


def _folders(results: Path) -> list[Path]:
    """Those with a report, by their names, which begin with their time; the newest first."""
    found: list[Path] = []
    with suppress(OSError):
        for folder in results.iterdir():
            page = folder / "report.html"
            if NAME.fullmatch(folder.name) and not folder.is_symlink() and page.is_file():
                found.append(folder)
    return sorted(found, key=lambda folder: folder.name, reverse=True)


def _summary(path: Path) -> Json:
    with suppress(OSError, ValueError, RecursionError):
        if not path.is_symlink() and path.stat().st_size <= MOST_BYTES:
            told = json.loads(path.read_text(encoding="utf-8"))
            return told if isinstance(told, dict) else {}
    return {}


def _text(told: Json, name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""


def _moment(folder: Path) -> float:
    """When it was begun, which its name says."""
    with suppress(ValueError):
        return datetime.strptime(folder.name.partition("-")[0], "%Y%m%dT%H%M%S%z").timestamp()
    with suppress(OSError):
        return (folder / "report.html").stat().st_mtime
    return 0.0
