"""The reports as files beside the result."""

from __future__ import annotations

from pathlib import Path

import msgspec

from bench.findings import findings
from bench.reporting import markdown, page
from bench.reporting.judgement import judge
from bench.result import Result


def write(result: Result, folder: Path) -> None:
    """`report.html`, `report.md`, and `summary.json`: the same in a sentence, for lists of results."""
    (folder / "report.html").write_text(page.render(result), encoding="utf-8")
    (folder / "report.md").write_text(markdown.render(result), encoding="utf-8")
    (folder / "summary.json").write_bytes(msgspec.json.encode(summary(result)) + b"\n")


class Summary(msgspec.Struct, frozen=True):
    """sentence: the first finding, or the first reason why the result may not be taken at its word."""

    experiment: str
    valid: bool
    sentence: str


def summary(result: Result) -> Summary:
    judgement = judge(result)
    found = [f"{finding.title}: {finding.text}" for finding in findings(result)]
    sentence = next(iter([*judgement.reasons, *found]), result.plan.question)
    return Summary(result.plan.name, judgement.valid, sentence)
