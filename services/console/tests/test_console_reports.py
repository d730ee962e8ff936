"""Reports: which are listed, and that nothing else is served."""

from __future__ import annotations

import json
import os
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from console.settings import Settings

NEWER, OLDER = "20251126T004100Z-quick", "20251125T212401Z-layers"


@pytest.fixture
def results(settings: Settings) -> Path:
    for name in (OLDER, NEWER):
        folder = settings.results / name
        folder.mkdir()
        (folder / "report.html").write_text(f"<p>{name}")
    told = {
        "experiment": "quick",
        "valid": False,
        "sentence": "Twice as many.",
    }
    (settings.results / NEWER / "summary.json").write_text(json.dumps(told))
    (settings.results / "screenshots").mkdir()
    return settings.results


def test_the_newest_is_listed_first(client: TestClient, results: Path) -> None:
    newer, older = client.get("/api/reports").json()
    assert newer == {
        "name": NEWER,
        "at": 1764117660.0,
        "experiment": "quick",
        "valid": False,
        "sentence": "Twice as many.",
        "html": f"/reports/{NEWER}/report.html",
    }
    assert (older["experiment"], older["valid"], older["sentence"]) == ("layers", None, "")


def test_only_so_many_are_listed(client: TestClient, settings: Settings) -> None:
    for number in range(30):
        folder = settings.results / f"20251125T21{number:04}Z-quick"
        folder.mkdir()
        (folder / "report.html").write_text("")
    told = client.get("/api/reports").json()
    assert len(told) == 20
    assert "20251125T210029Z-quick" in [each["name"] for each in told]


@pytest.mark.parametrize("text", ["", "[]", '{"valid": "yes", "sentence": 7}', "{" * 9])
def test_a_summary_that_is_none_is_left_out(client: TestClient, results: Path, text: str) -> None:
    (results / NEWER / "summary.json").write_text(text)
    told = {each["name"]: each for each in client.get("/api/reports").json()}
    assert (told[NEWER]["valid"], told[NEWER]["sentence"]) == (None, "")


def test_a_report_can_do_nothing_in_the_name_of_this_page(
    client: TestClient, results: Path
) -> None:
    answer = client.get(f"/reports/{NEWER}/report.html")
    assert answer.text == f"<p>{NEWER}"
    policy = answer.headers.get_list("content-security-policy")
    assert len(policy) == 1
    assert "sandbox" in policy[0]
    assert "allow-scripts" not in policy[0]
    assert "allow-same-origin" not in policy[0]


@pytest.mark.parametrize(
    "path",
    [
        "/reports/",
        f"/reports/{NEWER}",
        f"/reports/{NEWER}/",
        f"/reports/{NEWER}/other.txt",
        f"/reports/{NEWER}/summary.json",
        f"/reports/{NEWER}/..%2f..%2fsecret",
        f"/reports/{NEWER}/%2e%2e%2f%2e%2e%2fsecret",
        "/reports/../secret",
        "/reports/%2e%2e/secret",
        "/reports/..%2fsecret/report.html",
        "/reports/.hidden/report.html",
        "/reports/linked/report.html",
        f"/reports/{NEWER}/result.json",
        f"/reports/{NEWER}/runs.csv",
        "/reports/%00/report.html",
    ],
)
def test_no_other_file_is_served(client: TestClient, results: Path, path: str) -> None:
    outside = results.parent / "outside"
    outside.mkdir()
    (outside / "report.html").write_text("not for browsers")
    os.symlink(outside, results / "linked")
    os.symlink(outside, results / ".hidden")
    os.symlink(results.parent / "secret", results / NEWER / "result.json")
    (results / NEWER / "other.txt").write_text("not for browsers")
    (results / NEWER / "summary.json").write_text("not for browsers")
    request = httpx2.Request("GET", "http://localhost:8081")
    request.url = request.url.copy_with(raw_path=path.encode())
    answer = client.send(request)
    assert answer.status_code == 404
    assert "not for browsers" not in answer.text
    assert "linked" not in [each["name"] for each in client.get("/api/reports").json()]
