"""Comparing results that were not made together: the arithmetic, what is refused, and the exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from math import exp, log
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import ttest_ind

from bench.changes import comparable
from bench.changes.arithmetic import change, common, reach_of_sum, scatter
from bench.changes.cli import main
from bench.changes.metrics import METRICS
from bench.changes.reading import load
from bench.changes.verdicts import ALL, busy, changed, in_common
from bench.compare import Ratio
from bench.levelling import DOUBT, SENSITIVITY
from bench.result import Flag, Result, Visits
from fakes.results import STATES, result

NAMES = ("none", "upstream-redis", "everything")
values = st.lists(st.floats(min_value=0.01, max_value=1e4), min_size=2, max_size=8)


def stored(folder: Path, found: Result, created: str = "") -> Path:
    folder.mkdir(parents=True)
    if created:
        found.created = created
    (folder / "result.json").write_bytes(msgspec.json.encode(found))
    return folder


def few(**options: Any) -> Result:
    return result(NAMES, **options)


@given(values, values)
def test_the_interval_is_welchs_of_the_logarithms(before: list[float], after: list[float]) -> None:
    old, new = [log(v) for v in before], [log(v) for v in after]
    assume(max(old) - min(old) > 1e-3 and max(new) - min(new) > 1e-3)
    found = change(before, after)
    assert found is not None
    interval = ttest_ind(new, old, equal_var=False).confidence_interval(0.95)
    assume(interval.high < 300)
    assert found.low == pytest.approx(exp(interval.low), rel=1e-6)
    assert found.high == pytest.approx(exp(interval.high), rel=1e-6)


@given(values, values)
def test_the_other_way_round_it_is_the_inverse(before: list[float], after: list[float]) -> None:
    there, back = change(before, after), change(after, before)
    assert there is not None
    assert back is not None
    assert there.value * back.value == pytest.approx(1)
    assert there.undecided == back.undecided


@given(values, values, st.floats(min_value=0.1, max_value=10))
def test_a_change_of_unit_changes_nothing(
    before: list[float], after: list[float], unit: float
) -> None:
    one = change(before, after)
    other = change([v * unit for v in before], [v * unit for v in after])
    assert one is not None
    assert other is not None
    assert other.value == pytest.approx(one.value)


def test_figures_without_spread_and_single_ones() -> None:
    assert change([2.0, 2.0], [3.0, 3.0]) == Ratio(
        pytest.approx(1.5), pytest.approx(1.5), pytest.approx(1.5)
    )
    assert change([2.0], [3.0, 3.1]) == Ratio(pytest.approx(1.5247950681976907))
    assert change([], [1.0]) is None


@given(values, values)
def test_what_one_sample_has_in_common_is_its_change(
    before: list[float], after: list[float]
) -> None:
    assume(all(max(each) / min(each) > 1.01 for each in (before, after)))
    one, alone = common([(before, after)]), change(before, after)
    assert alone is not None
    assert one.value == pytest.approx(alone.value)
    assert log(one.low) == pytest.approx(log(alone.low), abs=1e-3, rel=1e-3)
    assert log(one.high) == pytest.approx(log(alone.high), abs=1e-3, rel=1e-3)


SCATTERS = (0.024, 0.034, 0.058, 0.09, 0.098, 0.44)
"""Standard deviations of what Django spends on a request, as six variants of `layers` had them."""


def held(truth: float, seen: bool, times: int = 300) -> float:
    """In which share of so many pairs of results, of three rounds each, the interval holds the truth, or
    (`seen`) is clear of 1. Each variant's level is its own."""
    random = Random(f"common {truth}")
    count = 0
    for _ in range(times):
        samples = [
            tuple(
                [level * slower * exp(random.gauss(0, scatter)) for _ in range(3)]
                for slower in (1.0, truth)
            )
            for scatter in SCATTERS
            for level in [exp(random.gauss(0, 2))]
        ]
        found = common(samples)
        assert found.low is not None
        assert found.high is not None
        count += found.low > 1 if seen else found.low <= truth <= found.high
    return count / times


@pytest.mark.parametrize("truth", [1.0, 1.1])
def test_the_interval_of_what_is_common_holds_the_truth_as_often_as_it_says(truth: float) -> None:
    # Welch's degrees of freedom make it a little wider than need be with three rounds.
    assert 0.95 <= held(truth, seen=False) < 0.995


def test_a_tenth_that_three_rounds_of_a_variant_do_not_tell_is_seen_in_all_together() -> None:
    assert held(1.1, seen=True) > 0.9


@pytest.mark.parametrize(
    ("freedoms", "quantile"),
    [
        ([1.0] * 9, 9 * 12.7062),  # a sum of Cauchy's is one of them, so many times as wide
        ([4.0] * 9, 8.3548),  # by the trapezoidal rule on a fine grid
        ([58.0] * 9, 3 * 1.994),  # nearly normal, of the variance 9 · 58/56
        ([1000.0], 2.0003),  # counts as 60
        ([1000.0] * 9, 3 * 1.993),
        ([1.0, 60.0], 12.788),  # Voigt: 12.7062, and the variance 60 / 58 over it
    ],
)
def test_the_quantile_of_a_sum_of_students_variables(
    freedoms: list[float], quantile: float
) -> None:
    assert reach_of_sum(freedoms) == pytest.approx(quantile, rel=2e-3)


@pytest.mark.parametrize(
    "sample",
    [
        ([1.0, 1.0], [2.0, 2.0]),
        ([1.0], [2.0, 3.0]),
        ([1.0, 1.0 + 1e-15], [2.0, 2.0]),  # rounding, which would have all the weight
    ],
)
def test_what_has_no_scatter_or_no_two_values_has_no_part(
    sample: tuple[list[float], list[float]],
) -> None:
    assert not scatter(*sample)


def test_a_result_beside_itself_shows_no_difference() -> None:
    spent = few().runs[0].cpu_ms
    for metric in METRICS.values():
        if metric.name.startswith("cpu.") and metric.name.removeprefix("cpu.") not in spent:
            continue  # a service that had no part in it
        found = changed(few(), few(), "upstream-redis", metric)
        assert found.word == "no difference seen"
        assert not found.worse_by(0)


@pytest.mark.parametrize(
    ("metric", "word"), [("cpu", "worse"), ("throughput", "worse"), ("p99", "worse")]
)
def test_what_costs_more_is_worse_and_the_other_way_round_better(metric: str, word: str) -> None:
    before, after = few(rounds=6), few(rounds=6, seed=2, slower=1.5)
    assert changed(before, after, "none", METRICS[metric]).word == word
    assert changed(after, before, "none", METRICS[metric]).word == "better"


def test_beyond_doubt_is_the_near_end_of_the_interval() -> None:
    before, after = few(rounds=6), few(rounds=6, seed=2, slower=1.5)
    dearer = changed(before, after, "none", METRICS["cpu"])
    assert dearer.ratio is not None
    assert dearer.ratio.low is not None
    assert dearer.worse_by(dearer.ratio.low - 1 - 1e-9)
    assert not dearer.worse_by(dearer.ratio.low - 1 + 1e-9)
    slower = changed(before, after, "none", METRICS["throughput"])
    assert slower.ratio is not None
    assert slower.ratio.high is not None
    assert slower.worse_by(1 - slower.ratio.high - 1e-9)
    assert not slower.worse_by(1 - slower.ratio.high + 1e-9)


def test_a_lower_bound_tells_only_one_way() -> None:
    fast, slow = few(rounds=5), few(rounds=5, slower=400.0)
    bounded = METRICS["throughput"]
    assert changed(fast, few(rounds=5, seed=2), "everything", bounded).word == "can't be told"
    assert changed(fast, slow, "everything", bounded).word == "worse"
    assert changed(slow, fast, "everything", bounded).word == "better"


def test_invalid_runs_are_left_out_and_said_to_be() -> None:
    before, after = few(), few(seed=2)
    spoilt = Flag("failures", "all of them failed", "look")
    after.runs = [
        msgspec.structs.replace(run, flags=[spoilt]) if run.round == 2 else run
        for run in after.runs
    ]
    assert changed(before, after, "none", METRICS["cpu"]).why == "1 of 3 later runs INVALID"
    after.runs = [msgspec.structs.replace(run, flags=[spoilt]) for run in after.runs]
    found = changed(before, after, "none", METRICS["cpu"])
    assert (found.word, found.after) == ("can't be told", None)


def with_plan(**changes: Any) -> Result:
    found = few(seed=2)
    found.plan = msgspec.structs.replace(found.plan, **changes)
    return found


def visited(**changes: Any) -> Result:
    found = few()
    visits = Visits(**{"mix": "readers", "users": 16, "pages": 300, **changes})
    variants = tuple(msgspec.structs.replace(v, visits=visits) for v in found.plan.variants)
    return with_plan(variants=variants)


def on_machine(**changes: Any) -> Result:
    found = few()
    found.machine = msgspec.structs.replace(found.machine, **changes)
    return found


def toggled(name: str, value: str) -> Result:
    found = few()
    found.runs = [
        msgspec.structs.replace(run, toggles={**run.toggles, name: value}) for run in found.runs
    ]
    return found


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (visited(mix="community"), "visits: mix “readers”"),
        (visited(users=8), "8 visits under way"),
        (visited(rate=100.0), "open loop"),
        (visited(alpha=0.6), "Zipf 0.6"),
        (with_plan(measure=6), "measure: 12 / 6"),
        (with_plan(warm=5), "warm: 20 / 5"),
        (with_plan(rtt_ms={"db": 0.5}), "rtt_ms"),
        (on_machine(cpu="Another CPU"), "machine's cpu: Fake CPU / Another CPU"),
        (on_machine(cores=8), "machine's cores: 2 / 8"),
        (toggled("LAB_TTL", "5"), "LAB_TTL: 60 / 5"),
        (result(("edge-pages",)), "no variant is in both"),
        (
            msgspec.structs.replace(few(), spoilt=["postgres-1: the added delay was gone"]),
            "the later one is INVALID: postgres-1",
        ),
    ],
)
def test_what_is_not_alike_is_refused_and_named(
    other: Result, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert any(said in line for line in comparable.obstacles(few(), other))
    here, there = stored(tmp_path / "a", few()), stored(tmp_path / "b", other)
    assert main([str(here), str(there)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "other", [toggled("LAB_PORT", "9999"), few(seed=9), few(rounds=5), on_machine(kernel="7.0")]
)
def test_what_changes_nothing_is_no_obstacle(other: Result) -> None:
    assert comparable.obstacles(few(), other) == []


def test_another_revision_is_compared_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    later = few(seed=2)
    later.revision = msgspec.structs.replace(later.revision, commit="f" * 40, dirty=True)
    later.versions["varnish"] = "8.0.0"
    here, there = stored(tmp_path / "a", few()), stored(tmp_path / "b", later)
    assert main([str(here), str(there / "result.json")]) == 0
    out = capsys.readouterr().out
    assert "revision: 0123456789ab / ffffffffffff" in out
    assert "version of varnish: 7.7.0 / 8.0.0" in out
    assert "changes that its commit does not" in out
    assert "no difference seen" in out


def test_a_tenth_in_django_is_worse_in_all_variants_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [name for name in STATES if name != "everything-but-upstream"]
    here = stored(tmp_path / "a", result(names))
    same = stored(tmp_path / "b", result(names, seed=2))
    slow = stored(tmp_path / "c", result(names, seed=2, slower=1.1))
    asked = ["--metric", "cpu.web", "--fail-on", "2%"]
    assert main([str(here), str(same), *asked]) == 0
    assert ALL in capsys.readouterr().out
    assert main([str(here), str(slow), *asked]) == 1
    assert "beyond doubt: " in capsys.readouterr().out
    together = in_common(load(here), load(slow), names, METRICS["cpu.web"])
    assert together is not None
    assert together.word == "worse"
    assert together.worse_by(0.05)


def test_a_service_that_has_nothing_to_do_is_left_out_and_said_to_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = few(rounds=5), few(rounds=5, seed=2)
    for found, ms in ((before, 0.002), (after, 0.02)):
        found.runs = [
            msgspec.structs.replace(run, cpu_ms={**run.cpu_ms, "web": ms + 1e-5 * run.round})
            if run.variant == "everything"
            else run
            for run in found.runs
        ]
    assert busy([before, after], NAMES, METRICS["cpu.web"]) == ["none", "upstream-redis"]
    assert busy([before, after], NAMES, METRICS["cpu"]) == list(NAMES)
    here, there = stored(tmp_path / "a", before), stored(tmp_path / "b", after)
    assert busy([before], NAMES, METRICS["cpu.web"]) == ["none", "upstream-redis"]
    for results in ([here, there], [tmp_path]):
        asked = [*map(str, results), "--metric", "cpu.web", "--fail-on", "5%"]
        assert main(asked) == 0
        assert "next to nothing to do there: everything\n" in capsys.readouterr().out


def with_django(**ms: float) -> Result:
    """What Django spends on a request, by variant; every run is INVALID where it is 0."""
    found = few(rounds=5)
    spoilt = Flag("failures", "all of them failed", "look")
    found.runs = [
        msgspec.structs.replace(
            run,
            cpu_ms={**run.cpu_ms, "web": ms[run.variant] * (1 + run.round / 1000)},
            flags=[] if ms[run.variant] else [spoilt],
        )
        if run.variant in ms
        else run
        for run in found.runs
    ]
    return found


@pytest.mark.parametrize(
    ("later", "code"),
    [
        ({"none": 10.0, "everything": 0.04}, 0),  # idle before and after
        ({"none": 10.0, "everything": 3.0}, 1),
        ({"none": 5.0, "everything": 0.09}, 1),  # a hundredth of what it spends there now
        ({"none": 10.0, "everything": 0.0}, 2),  # nothing was measured
    ],
)
def test_a_gate_does_not_open_because_a_service_was_idle_before(
    later: dict[str, float], code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    days = (f"2026-11-{day:02d}T00:00:00+00:00" for day in (1, 2))
    here = stored(tmp_path / "a", with_django(none=10.0, everything=0.04), next(days))
    there = stored(tmp_path / "b", with_django(**later), next(days))
    asked = ["--metric", "cpu.web", "--fail-on", "5%"]
    assert main([str(here), str(there), *asked]) == code
    capsys.readouterr()
    assert main([str(tmp_path), *asked]) == code
    # Over a folder the newest is the later one.
    assert "everything" in "".join(capsys.readouterr())


def test_whose_change_it_is_not_is_named() -> None:
    before, after = few(rounds=5), few(rounds=5, seed=2)
    after.runs = [
        msgspec.structs.replace(run, cpu_ms={k: 1.5 * ms for k, ms in run.cpu_ms.items()})
        if run.variant == "none"
        else run
        for run in after.runs
    ]
    mean = in_common(before, after, NAMES, METRICS["cpu"])
    assert mean is not None
    assert "not that of none" in mean.why
    after.runs = [run for run in after.runs if run.variant != "everything" or run.round == 1]
    mean = in_common(before, after, NAMES, METRICS["cpu"])
    assert mean is not None
    assert mean.why.startswith("from 2 of 3; not that of none")
    after.runs = [run for run in after.runs if run.variant != "none"]
    assert in_common(before, after, NAMES, METRICS["cpu"]) is None


def test_over_many_results_each_two_are_brought_to_one_speed_by_themselves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unknown, before, slower = few(rounds=5), few(rounds=5, seed=2), few(rounds=5, seed=3)
    unknown.runs = [msgspec.structs.replace(run, speed=None) for run in unknown.runs]
    slower.runs = [
        msgspec.structs.replace(
            run,
            cpu_ms={k: 1.3**SENSITIVITY * ms for k, ms in run.cpu_ms.items()},
            speed=msgspec.structs.replace(run.speed, piece_ms=1.3 * run.speed.piece_ms),
        )
        for run in slower.runs
        if run.speed
    ]
    for day, found in enumerate((unknown, before, slower), start=1):
        stored(tmp_path / f"day-{day}", found, f"2026-11-{day:02d}T00:00:00+00:00")
    assert main([str(tmp_path)]) == 0
    out = capsys.readouterr().out
    last = [line for line in out.partition(ALL)[2].splitlines() if "day-3" in line]
    assert len(last) == 1
    # From the previous, which was at another speed, nothing changed; of the first nothing can be told.
    assert last[0].count("no difference seen") == 1
    assert "worse" not in last[0]


@pytest.mark.parametrize("metric", ["throughput", "p99"])
def test_nothing_is_in_common_that_is_not_taken_at_one_speed(metric: str) -> None:
    assert in_common(few(), few(seed=2), NAMES, METRICS[metric]) is None
    unknown = few(seed=2)
    unknown.runs = [msgspec.structs.replace(run, speed=None) for run in unknown.runs]
    assert in_common(few(), unknown, NAMES, METRICS["cpu"]) is None


def test_two_speeds_make_the_intervals_of_cpu_wider_and_no_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after, slow = few(), few(seed=2), few(seed=2)
    slow.runs = [
        msgspec.structs.replace(
            run, speed=msgspec.structs.replace(run.speed, piece_ms=1.5 * run.speed.piece_ms)
        )
        for run in slow.runs
        if run.speed
    ]
    narrow, wide = (changed(before, each, "none", METRICS["cpu"]) for each in (after, slow))
    assert narrow.ratio is not None
    assert wide.ratio is not None
    assert log(wide.ratio.high / narrow.ratio.high) == pytest.approx(DOUBT * log(1.5), abs=1e-3)
    assert log(wide.ratio.low / narrow.ratio.low) == pytest.approx(-DOUBT * log(1.5), abs=1e-3)
    rates = [changed(before, each, "none", METRICS["throughput"]) for each in (after, slow)]
    assert rates[0].ratio == rates[1].ratio
    here, there = stored(tmp_path / "a", before), stored(tmp_path / "b", slow)
    assert main([str(here), str(there)]) == 0
    assert "wider by the 12 %" in capsys.readouterr().out


def test_a_service_is_followed_by_its_name(tmp_path: Path) -> None:
    here = stored(tmp_path / "a", few(rounds=5))
    there = stored(tmp_path / "b", few(rounds=5, seed=2, slower=1.5))
    for service, code in (("web", 1), ("postgres", 0), ("nginx", 0)):
        asked = ["--metric", f"cpu.{service}", "--fail-on", "20%"]
        assert main([str(here), str(there), *asked]) == code, service


@pytest.mark.parametrize(
    ("slower", "options", "code"),
    [
        (1.0, ("--fail-on", "5%"), 0),
        (1.5, ("--fail-on", "5%"), 1),
        (1.5, ("--fail-on", "5"), 1),
        (1.5, (), 0),
        (1.5, ("--fail-on", "90%"), 0),
        (0.5, ("--fail-on", "0%"), 0),
        (1.5, ("--metric", "p99", "--fail-on", "5%"), 1),
        # Of “everything” Locust was the limit both times.
        (1.0, ("--metric", "throughput", "--fail-on", "5%"), 2),
    ],
)
def test_the_exit_code_says_whether_it_is_worse_beyond_doubt(
    slower: float, options: tuple[str, ...], code: int, tmp_path: Path
) -> None:
    here = stored(tmp_path / "a", few(rounds=5))
    there = stored(tmp_path / "b", few(rounds=5, seed=2, slower=slower))
    assert main([str(here), str(there), *options]) == code


def test_a_gate_that_can_not_tell_does_not_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here, there = stored(tmp_path / "a", few(rounds=1)), stored(tmp_path / "b", few(rounds=1))
    assert main([str(here), str(there)]) == 0
    assert main([str(here), str(there), "--fail-on", "5%"]) == 2
    assert "one earlier run has no spread" in capsys.readouterr().err


def test_many_results_are_told_oldest_first_and_judged_by_the_newest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stored(tmp_path / "z", few(rounds=5), "2026-11-01T00:00:00+00:00")
    stored(tmp_path / "y", few(rounds=5, seed=2, slower=1.3), "2026-11-02T00:00:00+00:00")
    stored(tmp_path / "x", few(rounds=5, seed=3, slower=1.3), "2026-11-03T00:00:00+00:00")
    stored(tmp_path / "w", visited(users=2), "2026-10-01T00:00:00+00:00")
    old = stored(tmp_path / "v", few())
    (old / "result.json").write_text('{"version": 1, "created": "2025"}')
    assert main([str(tmp_path)]) == 0
    out = capsys.readouterr().out
    lines = [line.strip() for line in out.splitlines()]
    rows = lines[lines.index("none") + 2 : lines.index("upstream-redis")]
    assert [row.split()[0] for row in rows] == ["z", "y", "x"]
    assert "left out: w: none: visits" in out
    assert "a result of version 1, which can't be read any more" in out
    # From the previous nothing changed; from the first it did.
    assert rows[2].index("no difference seen") < rows[2].index("worse")
    assert main([str(tmp_path), "--fail-on", "5%"]) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"version": 1}', "a result of version 1, which can't be read any more; measure again"),
        ('{"version": 99}', "a result of version 99, which can't be read any more"),
        ('{"version": 2}', "not a result"),
        ("{}", "not a result"),
        ("[1, 2", "not a result"),
        ("\xff\xfe", "not a result"),
        (None, "no such file"),
    ],
)
def test_what_is_no_result_is_one_line(
    content: str | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = stored(tmp_path / "good", few()), tmp_path / "bad"
    bad.mkdir()
    if content is not None:
        (bad / "result.json").write_text(content, encoding="latin-1")
    for arguments in ([bad, good], [good, bad], [good, bad / "result.json"]):
        assert main([str(argument) for argument in arguments]) == 2
        err = capsys.readouterr().err
        assert said in err
        assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a", "b", "--fail-on", "much"], "accepted are percentages"),
        (["a", "b", "--fail-on", "-5%"], "expected one argument"),
        (["a", "b", "--fail-on", "100%"], "accepted are percentages"),
        (["a", "b", "--metric", "luck"], "accepted are cpu, throughput, median, p95, p99"),
        ([], "required"),
    ],
)
def test_a_wrong_option_is_one_line(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


def test_one_result_or_three_or_an_empty_folder_are_told_what_is_accepted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    only = stored(tmp_path / "a", few())
    (tmp_path / "empty").mkdir()
    for arguments, said in (
        ([only], "one result alone"),
        ([only, only, only], "two results"),
        ([tmp_path / "empty"], "no */result.json"),
        ([tmp_path], "can be compared"),
        ([tmp_path / "nowhere"], "no such folder"),
    ):
        assert main([str(argument) for argument in arguments]) == 2
        err = capsys.readouterr().err
        assert said in err
        assert err.count("\n") == 1


def test_the_module_runs(tmp_path: Path) -> None:
    here = stored(tmp_path / "a", few())
    done = subprocess.run(
        [sys.executable, "-m", "bench.changes", str(here), str(here)],
        cwd=Path(__file__).resolve().parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "no difference seen" in done.stdout
    assert json.loads((here / "result.json").read_text())["version"] == 2
