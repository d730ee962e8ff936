"""What the freshness check makes of what the checker counted."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from checks import _disturbances, freshness, stack
from checks._findings import COLUMNS, Finding, as_json, markdown, problems, table
from checks._scenarios import BLIND, FULL, NAIVE, SHORT, Scenario

PLAIN = Scenario("10 % writes", 1_000, 10)
GOOD: dict[str, Any] = {
    "reads": 1_000,
    "hits": 900,
    "writes": 100,
    "kills": 0,
    "stale": 0,
    "late": 0,
    "longest": 0.0,
    "errors": 0,
    "first_error": "",
    "seconds": 2.5,
}


def finding(
    scenario: Scenario = PLAIN, subject: str = "policies", rounds: int = 0, **found: Any
) -> Finding:
    return Finding("redis", scenario, subject, {**GOOD, **found}, rounds)


def caught(scenario: Scenario = PLAIN) -> Finding:
    return finding(scenario, NAIVE, stale=5, longest=0.25)


def test_no_stale_read_by_ours_and_some_by_the_naive_is_what_is_promised() -> None:
    assert problems([finding(), caught()]) == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (finding(stale=2, late=1), "2 stale reads, 1 of them late"),
        (finding(errors=1, first_error="read: OSError"), "1 errors, the first: read: OSError"),
        (finding(hits=0), "nothing came from the cache"),
        (finding(Scenario("k", 1, 1, kills=5)), "no worker was killed"),
        (finding(Scenario("p", 1, 1, disturbance="pause")), "pause was never completed"),
        (Finding("redis", PLAIN, "policies", problem="no such subject"), "no such subject"),
    ],
)
def test_what_speaks_against_the_promise_is_said(wrong: Finding, words: str) -> None:
    [line] = problems([wrong, caught()])
    assert words in line
    assert line.startswith("redis, ")


def test_over_http_the_hits_are_not_known_and_not_missed() -> None:
    over_http = finding(hits=None)
    assert problems([over_http]) == []
    assert over_http.cells()[4] == "–"


def test_a_checker_that_does_not_catch_the_naive_cache_is_blind() -> None:
    blind = finding(subject=NAIVE)
    after_kills = finding(Scenario("k", 1, 1, kills=5), NAIVE, kills=3)
    assert problems([finding(), blind]) == [
        "redis: the naive cache showed no stale read in the mixes, so the checker is blind there"
    ]
    [line] = problems([finding(), caught(), after_kills])
    assert "no stale read after kills" in line
    assert problems([finding(), blind, caught()]) == [], "one mix that catches it is enough"


def test_fewer_reads_than_promised_are_said() -> None:
    [line] = problems([finding(), finding(), caught()], least=2_001)
    assert line == "redis: 2,000 reads were checked, 2,001 are promised"


def test_the_full_form_asks_for_a_million_reads_and_the_short_one_for_about_20_000() -> None:
    assert sum(each.reads for each in FULL) >= freshness.MILLION
    assert sum(each.reads for each in SHORT) == pytest.approx(20_000, rel=0.1)
    for form in (FULL, SHORT):
        assert {1, 10, 50} <= {each.writes for each in form}
        assert any(each.kills for each in form)
        assert any(each.pause for each in form)
    assert {each.disturbance for each in FULL} - {""} == set(_disturbances.DISTURBANCES)
    assert {each.subject for each in BLIND} == {NAIVE}


def test_a_scenario_names_its_own_subject_or_takes_the_one_asked_for() -> None:
    assert PLAIN.arguments("uncached")[:2] == ["--subject", "uncached"]
    assert caught().scenario.arguments("x")[:2] == ["--subject", "x"]
    assert BLIND[0].arguments("policies")[:2] == ["--subject", NAIVE]


def test_the_page_holds_a_row_for_each_finding_and_its_conditions() -> None:
    text = markdown([finding(), caught()], ["Two cores."])
    lines = text.splitlines()
    assert lines[0] == "Two cores."
    assert len(lines) == 6
    assert {line.count("|") for line in lines[2:]} == {len(COLUMNS) + 1}
    assert "| 0.25 s |" in lines[-1]
    assert table([finding()]).row_count == 1
    assert as_json([finding()])[0]["outcome"]["reads"] == 1_000


def test_a_disturbance_goes_on_until_the_checker_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    first, stores = threading.Event(), []

    def disturb(store: str) -> None:
        stores.append(store)
        first.set()

    pause = _disturbances.Disturbance(disturb, rest=0)
    monkeypatch.setitem(_disturbances.DISTURBANCES, "pause", pause)
    with _disturbances.going_on("pause", "redis") as rounds:
        assert first.wait(5)
    assert rounds() == len(stores) >= 1
    assert set(stores) == {"redis"}


def test_a_disturbance_that_fails_fails_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = threading.Event()

    def disturb(store: str) -> None:
        failed.set()
        raise stack.CommandError("no such container")

    pause = _disturbances.Disturbance(disturb, rest=0)
    monkeypatch.setitem(_disturbances.DISTURBANCES, "pause", pause)
    with (
        pytest.raises(stack.CommandError, match="no such container"),
        _disturbances.going_on("pause", "redis"),
    ):
        assert failed.wait(5)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--store", "local"], "invalid choice: 'local'"),
        (["--scenario", "fire"], "invalid choice: 'fire'"),
    ],
)
def test_a_wrong_argument_is_told_in_one_line(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        freshness.main(arguments)
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert words in said
    assert said.count("\n") == 1
