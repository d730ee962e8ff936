"""The journal: one line for each marker, bounded, and never a reason to fail."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import journal


def test_markers_are_read_back_in_order(tmp_path: Path) -> None:
    for text in ("LAB_TTL=5", "LAB_TTL=60"):
        journal.mark("toggle", text, tmp_path)
    journal.mark("fault", "Redis\n is   killed", tmp_path)
    found = journal.read(tmp_path)
    assert [marker.text for marker in found] == ["LAB_TTL=5", "LAB_TTL=60", "Redis is killed"]
    assert [marker.id for marker in found] == sorted({marker.id for marker in found})
    assert journal.read(tmp_path, found[1].at + 1000) == []


def test_several_writers_lose_nothing(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: journal.mark("phase", f"{n} " * 60, tmp_path), range(200)))
    assert len(journal.read(tmp_path)) == 200


def test_it_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST_BYTES", 2000)
    for number in range(100):
        journal.mark("phase", str(number), tmp_path)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 2 * (2000 + 200)
    assert journal.read(tmp_path)[-1].text == "99"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "[]",
        "7",
        "null",
        '{"id": 1}',
        '{"id": 1, "at": 1.0, "kind": "other", "text": "a"}',
        '{"id": "1", "at": 1.0, "kind": "fault", "text": "a"}',
        '{"id": 1, "at": 1.0, "kind": "fault", "text": "a", "more": 1}',
        '{"id": 1, "at": null, "kind": "fault", "text": "a"}',
    ],
)
def test_a_line_that_is_no_marker_is_left_out(tmp_path: Path, line: str) -> None:
    journal.mark("fault", "before", tmp_path)
    with (tmp_path / journal.NEWER).open("a") as file:
        file.write(line + "\n")
    journal.mark("fault", "after", tmp_path)
    assert [marker.text for marker in journal.read(tmp_path)] == ["before", "after"]


def test_a_folder_that_can_not_be_written_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    journal.mark("fault", "Redis is killed", tmp_path / "file" / "folder")
    journal.tell("bench.json", {"running": True}, tmp_path / "file" / "folder")


def test_what_is_told_replaces_what_was(tmp_path: Path) -> None:
    for number in range(2):
        journal.tell("bench.json", {"running": True, "done": number}, tmp_path)
    assert json.loads((tmp_path / "bench.json").read_text()) == {"running": True, "done": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["bench.json"]


@pytest.mark.parametrize("arguments", [[], ["toggle"], ["other", "text"], ["toggle", "a", "b"]])
def test_the_program_says_what_it_accepts(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, journal.__file__, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("usage: journal.py purge|toggle")
