"""The comparison with other caches: its arithmetic, its verdicts and its page."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bench.counters import Counters
from bench.result import Load, Machine, Result, Revision, Run, Truth
from checks import rivals
from checks._checker import Counted, counted
from checks._comparison import OURS, Contest
from checks._contest import standings
from checks.stack import CommandError

MACHINE = Machine("Fake CPU", 2, 4096, "x86_64", "6.1", "Debian", "27")
# CPU ms per request in three rounds; stale of 1,000 checked answers in each.
FIGURES = {
    "none": ([30.0, 31.0, 29.0], 0),
    OURS: ([5.0, 5.2, 4.9], 0),
    "cache_page": ([6.0, 6.3, 5.8], 900),
    "cacheops": ([20.0, 19.0, 21.0], 2),
    "cachalot": ([25.0, 26.0, 24.0], 1),
}
COMMAND = "./scripts/lab check rivals --rounds 3"
CLEAN = Counted(reads=1000, writes=30, hits=900, stale=0, longest=0.0, errors=0)


def run(number: int, variant: str, cpu: float, stale: int) -> Run:
    load = Load(
        requests=310,
        failures=0,
        requests_per_second=31.0,
        elapsed=10.0,
        histogram_us={"1000": 310},
        truth=Truth(writes=10, checked=1000, stale=stale, stalest=1.5 if stale else 0.0),
    )
    return Run(
        round=number,
        variant=variant,
        started="",
        toggles={},
        load=load,
        spent=Counters({}, {"redis.evicted": 0}),
        cpu_ms={"web": cpu - 0.5, "postgres": 0.5},
        hit_ratios={"redis": 0.9},
    )


def result(**changes: tuple[list[float], int]) -> Result:
    figures = {**FIGURES, **changes}
    plan = rivals.planned(rivals.parser().parse_args([]))
    runs = [
        run(number, variant, cpu, stale)
        for variant, (costs, stale) in figures.items()
        for number, cpu in enumerate(costs, 1)
    ]
    facts: dict[str, Any] = {"machine": MACHINE, "revision": Revision("0" * 40, False)}
    versions = {"django": "5.2", "django-cacheops": "7.2"}
    return Result(
        created="2026-01-02T03:04:05+00:00", plan=plan, versions=versions, runs=runs, **facts
    )


def contest(
    counts: dict[str, Counted] | None = None, **changes: tuple[list[float], int]
) -> Contest:
    return Contest(result(**changes), rivals.VARIANTS, rivals.RIVALS, counts or {}, COMMAND)


def test_cost_is_compared_within_rounds_and_stale_answers_over_all() -> None:
    table = {standing.variant: standing for standing in standings(result(), OURS)}
    cacheops = table["cacheops"]
    assert cacheops.cpu is not None
    assert cacheops.cpu.value == pytest.approx(3.97, abs=0.01)
    assert (cacheops.stale, cacheops.checked, cacheops.writes) == (6, 3000, 30)
    assert cacheops.per_million == 2000
    assert cacheops.stalest == 1.5
    assert table[OURS].per_million == 0


def test_the_promise_holds_where_every_rival_costs_more_and_ours_is_never_stale() -> None:
    found = contest()
    assert found.held
    assert not any(found.objections.values())


@pytest.mark.parametrize(
    ("changes", "rival", "said"),
    [
        ({"cache_page": ([2.0, 2.1, 1.9], 900)}, "cache_page", "it costs less CPU"),
        ({"cacheops": ([5.0, 5.2, 4.8], 2)}, "cacheops", "no difference in CPU was seen"),
        ({OURS: ([5.0, 5.2, 4.9], 1)}, "cachalot", "ours was stale no less often"),
    ],
)
def test_the_promise_fails_by_the_rival_and_the_reason(
    changes: dict[str, tuple[list[float], int]], rival: str, said: str
) -> None:
    found = contest(**changes)
    assert not found.held
    assert any(said in reason for reason in found.objections[rival])


def test_a_rival_that_was_not_measured_is_no_victory() -> None:
    found = contest()
    found.result.runs = [each for each in found.result.runs if each.variant != "cachalot"]
    fewer = Contest(found.result, rivals.VARIANTS, rivals.RIVALS, {}, COMMAND)
    assert not fewer.held
    assert "cachalot: not measured beside ours" in fewer.lines()


def test_a_stale_read_that_only_the_checker_sees_breaks_the_promise() -> None:
    stale = Counted(reads=1000, writes=30, hits=900, stale=3, longest=0.1, errors=0)
    assert contest(dict.fromkeys(rivals.SUBJECTS, CLEAN)).held
    assert not contest({OURS: stale, "cachalot": CLEAN}).held


def test_the_page_has_every_variant_the_machine_and_the_command() -> None:
    page = contest({OURS: CLEAN}).markdown()
    for name in FIGURES:
        assert f"| {name} |" in page
        assert f"- `{name}`: " in page
    assert "2 cores of Fake CPU" in page
    assert "django-cacheops 7.2" in page
    assert f"`{COMMAND}`" in page
    assert "Measured on 2026-01-02" in page
    widths = {line.count("|") for line in page.split("\n\n")[3].splitlines()}
    assert len(widths) == 1


def test_the_checkers_outcome_is_its_last_line() -> None:
    line = json.dumps({"reads": 9, "writes": 1, "hits": 8, "stale": 0, "longest": 0, "errors": 0})
    assert counted(f"naive: 9 reads checked\n{line}\n").reads == 9
    with pytest.raises(CommandError, match="no result: CommandError: set LAB_SETTINGS_MODULE"):
        counted("", "CommandError: set LAB_SETTINGS_MODULE")


@pytest.mark.parametrize("options", [["--rounds", "0"], ["--duration", "soon"], ["--warm", "1"]])
def test_bad_input_is_one_line(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        rivals.main(options)
    assert ended.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
