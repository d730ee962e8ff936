"""The reports as files beside the result."""

from __future__ import annotations

from pathlib import Path

from bench.reporting import markdown, page
from bench.result import Result


def write(result: Result, folder: Path) -> None:
    """`report.html` and `report.md`."""
    (folder / "report.html").write_text(page.render(result), encoding="utf-8")
    (folder / "report.md").write_text(markdown.render(result), encoding="utf-8")
