"""What the live page is told of a comparison while it runs, and when it has ended."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import journal
from bench import cli
from bench.progress import Progress, shown
from bench.result import Result
from bench.schedule import Turn
from fakes.load import FakeLoad
from fakes.stack import FakeStack

ROOT = Path(__file__).resolve().parents[2]


class Heard:
    """The watcher in the terminal, which notes what the live page is told at each step."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told: list[dict[str, Any]] = []
        self.results: list[Result] = []

    def begins(self, turn: Turn) -> None:
        pass

    def step(self, what: str) -> None:
        self.told.append(json.loads((self.folder / "bench.json").read_text()))

    def ended(self, result: Result) -> None:
        self.results.append(result)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(journal, "FOLDER", tmp_path / "shared")
    return tmp_path / "shared"


def compare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, heard: Heard, **faults: Any) -> int:
    """A quick comparison on fakes, listened to."""
    plan = cli.planned(cli.parser().parse_args(["--quick", "--rounds", "1"]))
    turns = cli.schedule(plan.variants, plan.rounds, plan.seed)
    stack = FakeStack(None)
    load = FakeLoad(stack, faults.get("stops_at", 0))
    monkeypatch.setattr(cli, "Progress", lambda _, plan, resolved: Progress(heard, plan, resolved))
    return cli.compare(Console(file=io.StringIO()), plan, turns, stack, load, tmp_path / "results")


def test_each_phase_is_told_with_what_was_found_so_far(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = Heard(folder)
    compare(tmp_path, monkeypatch, heard)
    first, *_, last = heard.told
    assert (first["running"], first["experiment"], first["rows"]) == (True, "quick", [])
    assert first["phase"].startswith("round 1 of 1: ")
    assert first["phase"].endswith(", recreating")
    assert first["until"] > time.time()
    assert set(first["toggles"]) >= {"LAB_EDGE_PAGES", "LAB_UPSTREAM"}
    assert len(last["rows"]) == len(heard.results) - 1
    assert {each["began"] for each in heard.told} == {first["began"]}
    rows = shown(heard.results[-1])
    assert [row["variant"] for row in rows] == [*heard.results[-1].plan.variant_names]
    for row in rows:
        assert row["done"] == 1
        assert row["requests_per_second"] > 0
        assert row["cpu_ms"] > 0


@pytest.mark.parametrize("stops_at", [0, 2])
def test_whatever_ends_it_is_told(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, stops_at: int
) -> None:
    compare(tmp_path, monkeypatch, Heard(folder), stops_at=stops_at)
    assert json.loads((folder / "bench.json").read_text()) == {"running": False}
    texts = [marker.text for marker in journal.read(folder) if marker.kind == "phase"]
    assert texts[0].startswith("quick: ")
    assert texts[-1] == "quick has ended"


def test_a_summary_stands_beside_the_report(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare(tmp_path, monkeypatch, Heard(folder))
    (result,) = (tmp_path / "results").iterdir()
    told = json.loads((result / "summary.json").read_text())
    assert told["experiment"] == "quick"
    assert told["valid"] == ("INVALID" not in (result / "report.md").read_text())
    assert told["sentence"]
