"""The experiment made of a log: that the benchmark takes it, and that it is this log's traffic."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.definitions import reading
from bench.definitions.planning import Asked, planned
from bench.definitions.problems import BadDefinition
from bench.definitions.schema import MOST_RATE
from replay import cli
from replay.experiment_file import FASTEST, STEEPEST, VARIANTS, VOTES, mix

SHARE = st.floats(0, 1)


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).resolve().parents[2])
    monkeypatch.delenv("LAB_POSTS", raising=False)


def log(folder: Path, requests: int = 30_000, cookies: bool = True, things: int = 3000) -> str:
    """A tenth of the views write, a fifth of the pages are read by members, alpha is 1.0; 50 a second."""
    chance = random.Random(11)
    weights = [1 / rank for rank in range(1, things + 1)]
    lines = []
    for number, thing in enumerate(chance.choices(range(things), weights=weights, k=requests)):
        write, asset = number % 10 == 0, number % 10 == 1
        lines.append(
            json.dumps(
                {
                    "time": 1.79e9 + number / 50,
                    "method": "POST" if write else "GET",
                    "uri": f"/static/{thing}.css" if asset else f"/secretpath/{thing}/",
                    "status": 302 if write else 200,
                    "bytes": 1000 + thing,
                    "host": "secret.example.org",
                }
                | ({"cookie": "sessionid=secret" if number % 5 == 2 else "a=b"} if cookies else {})
            )
        )
    (folder / "secret.log").write_text("\n".join(lines), encoding="utf-8")
    return str(folder / "secret.log")


def made(folder: Path, source: str, *options: str) -> str:
    out = folder / "mysite.toml"
    assert cli.main([source, "--json", "--write-experiment", str(out), *options]) == 0
    return out.read_text(encoding="utf-8")


@pytest.mark.parametrize("cookies", [True, False])
def test_the_benchmark_takes_it(tmp_path: Path, cookies: bool) -> None:
    text = made(tmp_path, log(tmp_path, cookies=cookies))
    plan = planned("mysite", reading.parse(text, "mysite.toml"), Asked())
    assert plan.variant_names == ("none", "upstream-redis", "edge", "everything")
    assert plan.baseline == "none"
    assert [(pair.ours, pair.against) for pair in plan.pairs][-1] == ("everything", "edge")
    (visits,) = plan.visits
    assert visits.pages == 1000  # LAB_POSTS, of 3,000
    assert visits.alpha == pytest.approx(1.0, abs=0.06)


def test_what_is_sent_is_what_the_log_holds(tmp_path: Path) -> None:
    text = made(tmp_path, log(tmp_path), "--of-peak", "50%")
    visits = tomllib.loads(text)["visits"]
    people = visits["mix"]
    assert sum(people.values()) == pytest.approx(100, abs=0.1)
    # 45 of the 50 requests a second are for views: 5 writes, 40 reads, of which 10 by members.
    writes = people["correspondent"] + VOTES * people["member"]
    assert writes / 100 == pytest.approx(5 / 40, abs=0.002)
    assert (people["member"] + people["correspondent"]) / 100 == pytest.approx(10 / 40, abs=0.002)
    assert visits["rate"] * (1 + writes / 100) == pytest.approx(0.5 * 45, rel=0.01)


def test_it_says_where_each_figure_comes_from_and_nothing_of_the_log(tmp_path: Path) -> None:
    text = made(tmp_path, log(tmp_path))
    for said in (
        "30,000 requests from 2026-09-21",
        "Writes: 11.1 % of the requests",
        "Members: 25.0 % of the reads of pages",
        "of the busiest minute",
        "a good fit",
        "different pages",
        "the laboratory has 1,000 (LAB_POSTS)",
        "11.1 % of the log's reads are of assets",
    ):
        assert said in text
    assert "secret" not in text


def test_a_short_log_without_cookies_says_what_is_assumed(tmp_path: Path) -> None:
    text = made(tmp_path, log(tmp_path, requests=200, cookies=False, things=40))
    assert "too short to fit" in text
    assert "the log has no cookies" in text
    visits = tomllib.loads(text)["visits"]
    assert visits["alpha"] == 0.8
    assert visits["pages"] <= 40
    assert "member" not in visits["mix"]


@given(writes=SHARE, members=SHARE)
def test_a_mix_is_always_one(writes: float, members: float) -> None:
    found = mix(writes, members)
    for part in (found.reader, found.member, found.correspondent):
        assert -1e-9 <= part <= 100 + 1e-9
    assert found.reader + found.member + found.correspondent == pytest.approx(100)


@given(writes=st.floats(0, 0.3), members=st.floats(0.5, 1))
def test_a_mix_has_the_shares_asked_for_where_members_can_write_so_much(
    writes: float, members: float
) -> None:
    found = mix(writes, members)
    if found.correspondent:
        assert found.writes / (100 + found.writes) == pytest.approx(writes, abs=1e-9)
    assert (found.member + found.correspondent) / 100 == pytest.approx(members)


def test_a_log_without_pages_makes_no_experiment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = {"time": 1.79e9, "method": "GET", "uri": "/static/a.css", "status": 200}
    (tmp_path / "log").write_text(json.dumps(line), encoding="utf-8")
    out = tmp_path / "mysite.toml"
    assert cli.main([str(tmp_path / "log"), "--write-experiment", str(out)]) == 2
    assert capsys.readouterr().err == (
        "replay: the log holds no read of a page: there is no experiment to make of it\n"
    )
    assert not out.exists()


def test_a_file_that_is_there_is_replaced_only_by_force(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = log(tmp_path, requests=300)
    made(tmp_path, source)
    capsys.readouterr()
    assert cli.main([source, "--write-experiment", str(tmp_path / "mysite.toml")]) == 2
    assert "it is there already; --force replaces it" in capsys.readouterr().err
    assert made(tmp_path, source, "--force")


def test_what_is_known_of_other_parts_is_so() -> None:
    # Locust changes the standard library as it is imported: in a process of its own.
    ask = "from users.member import PAGES; print(PAGES['vote'] / sum(PAGES.values()))"
    told = subprocess.run(
        [sys.executable, "-c", ask], cwd="loadtest", capture_output=True, text=True, check=True
    )
    assert float(told.stdout) == VOTES
    assert FASTEST == MOST_RATE
    head = 'question = "?"\nbaseline = "none"\n[visits]\nalpha = '
    assert reading.parse(f"{head}{STEEPEST}\n{VARIANTS}", "x").visits.alpha == STEEPEST
    with pytest.raises(BadDefinition):
        reading.parse(f"{head}{STEEPEST + 0.1}\n{VARIANTS}", "x")
