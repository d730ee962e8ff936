"""The yardstick: what it prints, how it is read, and that CPU is taken at one speed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from math import exp, log
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace
from yardstick import piece
from yardstick.__main__ import EVERY, main, some_cores
from yardstick.piece import NAME, cost_ms, work

from bench.changes.comparable import remarks
from bench.compare import Ratio, compared, cpu, ratio, rows
from bench.counters import Counters
from bench.levelling import SENSITIVITY, at_one_speed, sensitivity, together
from bench.measuring import speed
from bench.measuring.speed import FEWEST, Yardstick
from bench.reporting import page
from bench.reporting.judgement import judge
from bench.reporting.lines import Line, lines
from bench.result import Flag, Result, Run, Speed
from fakes.results import result

LOADTEST = Path(__file__).resolve().parents[1]
CORE = 0 if sys.platform == "darwin" else min(os.sched_getaffinity(0))
in_a_container = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="the yardstick runs in a container, on Linux"
)

speeds = st.floats(min_value=0.1, max_value=10)


@in_a_container
def test_a_piece_is_the_same_work_every_time_and_costs_something() -> None:
    assert work() == work()
    # Of so many some are made without losing the core.
    costs = [cost for cost in (cost_ms() for _ in range(200)) if cost is not None]
    assert costs
    assert min(costs) > 0


@in_a_container
def test_a_piece_in_which_the_core_was_given_away_is_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    switches = iter(range(100))
    monkeypatch.setattr(piece, "_switches", lambda: next(switches))
    assert cost_ms() is None
    assert main(["--cores", str(CORE), "--seconds", "0.3"], sleep) == 0
    assert capsys.readouterr().out == f"{NAME}\n"


def started(seconds: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "yardstick", "--cores", str(CORE), "--seconds", seconds],
        cwd=LOADTEST,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@in_a_container
def test_it_ends_with_whoever_started_it() -> None:
    with started("600") as process:
        assert process.stdout
        assert process.stdout.readline() == f"{NAME}\n"
        assert process.stdin
        process.stdin.close()
        assert process.wait(timeout=30) == 0


@in_a_container
def test_it_says_which_yardstick_it_is_and_what_each_piece_cost() -> None:
    begun = time.monotonic()
    with started("0.5") as process:
        assert process.stdout
        name, *made = process.stdout.read().splitlines()
        assert process.wait(timeout=30) == 0
    assert name == NAME
    assert len(made) <= 0.5 / EVERY
    assert all(float(ms) > 0 for ms in made)
    assert time.monotonic() - begun < 30, "it ends by itself"


def sleep(seconds: float) -> bool:
    time.sleep(seconds)
    return False


@in_a_container
def test_it_works_on_each_of_its_cores_in_turn(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cores: list[set[int]] = []
    monkeypatch.setattr(os, "sched_setaffinity", lambda _, chosen: cores.append(set(chosen)))
    assert main(["--cores", "3-5", "--seconds", "0.42"], sleep) == 0
    assert len(cores) >= 2
    assert cores == [{3 + number % 3} for number in range(len(cores))]


@pytest.mark.parametrize(
    ("text", "cores"), [("0", [0]), ("2-4", [2, 3, 4]), ("1-1", [1]), ("10-11", [10, 11])]
)
def test_cores_as_docker_names_them(text: str, cores: list[int]) -> None:
    assert some_cores(text) == cores


@pytest.mark.parametrize("text", ["", "-1", "2-1", "a", "0,1", "0-"])
def test_what_are_no_cores(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([f"--cores={text}", "--seconds", "1"])
    assert "accepted are a core, or some as in 0-2" in capsys.readouterr().err


class Beside:
    """A yardstick that prints at once what it is told to, and then lines that `more` asks for."""

    def __init__(self, *lines: str) -> None:
        self.ended = 0
        script = (
            "import sys\nprint(sys.argv[1], flush=True)\n"
            "for line in open(0):\n    print(line, end='', flush=True)\n"
        )
        self.yardstick = Yardstick([sys.executable, "-c", script, "\n".join(lines)], self.end)

    def end(self) -> None:
        self.ended += 1


def waited(yardstick: Yardstick, lines: int) -> None:
    until = time.monotonic() + 20
    while len(yardstick._lines) < lines:
        assert time.monotonic() < until, yardstick._lines
        time.sleep(0.01)


def test_what_counts_are_the_pieces_between_both_ends() -> None:
    beside = Beside("mine", *["7.0"] * 5)
    with beside.yardstick as yardstick:
        waited(yardstick, 6)
        snapshot = yardstick.around(lambda ending: Counters(counts={"ending": int(ending)}))
        assert snapshot(False).counts == {"ending": 0}
        yardstick._lines += ["1.0\n"] * 10 + ["3.0\n"] * 10
        assert snapshot(True).counts == {"ending": 1}
        yardstick._lines += ["9.0\n"] * 20
    assert yardstick.speed() == Speed(yardstick="mine", piece_ms=2.0, pieces=20)
    assert beside.ended == 0, "it ended by itself"


def test_what_does_not_end_by_itself_is_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "PATIENCE", 0.1)
    ended: list[bool] = []
    with Yardstick(
        [sys.executable, "-c", "import time; time.sleep(60)"], lambda: ended.append(True)
    ) as yardstick:
        process = yardstick._process
    assert process
    assert ended == [True]
    assert process.poll() is not None


def test_the_snapshots_own_time_is_not_in_it() -> None:
    yardstick = Beside().yardstick
    yardstick._lines = ["mine\n"]

    def busy(ending: bool) -> Counters:
        yardstick._lines += ["9.0\n"] * 10
        return Counters()

    snapshot = yardstick.around(busy)
    snapshot(False)
    yardstick._lines += ["1.0\n"] * FEWEST
    snapshot(True)
    assert yardstick.speed() == Speed(yardstick="mine", piece_ms=1.0, pieces=FEWEST)


@pytest.mark.parametrize("pieces", [[], ["1.0"] * (FEWEST - 1), ["0.0"] * FEWEST])
def test_too_little_tells_nothing(pieces: list[str]) -> None:
    yardstick = Beside().yardstick
    snapshot = yardstick.around(lambda ending: Counters())
    snapshot(False)
    yardstick._lines += ["mine", *pieces]
    snapshot(True)
    assert yardstick.speed() is None


def test_where_it_cant_be_started_there_is_no_speed() -> None:
    with Yardstick(["/no/such/program"], lambda: None) as yardstick:
        snapshot = yardstick.around(lambda ending: Counters())
        snapshot(False)
        snapshot(True)
    assert yardstick.speed() is None


def test_where_it_fails_there_is_no_speed() -> None:
    with Yardstick([sys.executable, "-c", "raise SystemExit(1)"], lambda: None) as yardstick:
        yardstick.around(lambda ending: Counters())(False)
    assert yardstick.speed() is None


def at_speeds(
    found: Result, *pieces_ms: float | None, yardstick: str = "one", power: float = SENSITIVITY
) -> Result:
    """The result as a machine would have made it whose speed was such in each run, in turn. power: of the
    piece's cost, that of a request is dearer by."""
    return replace(
        found,
        runs=[
            replace(
                run,
                cpu_ms={name: ms * (piece or 1) ** power for name, ms in run.cpu_ms.items()},
                speed=Speed(yardstick=yardstick, piece_ms=piece, pieces=100) if piece else None,
            )
            for run, piece in zip(found.runs, cycled(pieces_ms, len(found.runs)), strict=True)
        ],
    )


def cycled(values: tuple[float | None, ...], count: int) -> list[float | None]:
    return [values[number % len(values)] for number in range(count)]


def few() -> Result:
    return result(["none", "upstream-redis"], rounds=3)


def even() -> Result:
    """Runs of a variant that differ in nothing."""
    found = few()
    cpu_ms = {run.variant: run.cpu_ms for run in found.runs}
    return replace(found, runs=[replace(run, cpu_ms=cpu_ms[run.variant]) for run in found.runs])


def test_a_request_is_more_sensitive_than_the_piece() -> None:
    found = at_speeds(few(), 1.0)
    assert {run.variant for run in found.runs[:2]} == {"none", "upstream-redis"}
    ours, base = found.runs[:2]
    slower = replace(base, speed=Speed(yardstick="one", piece_ms=1.1, pieces=100))
    ((levelled, other),) = at_one_speed([(ours, slower)], cpu)
    assert levelled == cpu(ours)
    assert other == pytest.approx(cpu(base) / 1.1**1.5)


def test_an_earlier_yardstick_had_its_own_power() -> None:
    ours, base = (
        replace(run, speed=Speed(yardstick="1, Python 3.13.5", piece_ms=piece, pieces=100))
        for run, piece in zip(few().runs[:2], (1.0, 1.1), strict=True)
    )
    ((_, other),) = at_one_speed([(ours, base)], cpu)
    assert other == pytest.approx(cpu(base) / 1.1)


@given(st.floats(min_value=-1, max_value=4), st.lists(speeds, min_size=6, max_size=6))
def test_how_sensitive_requests_are_is_told_by_the_runs(power: float, pieces: list[float]) -> None:
    found = at_speeds(even(), *pieces, power=power)
    by_variant = [
        [run.speed.piece_ms for run in found.runs if run.variant == name and run.speed]
        for name in ("none", "upstream-redis")
    ]
    assume(any(max(each) > 1.1 * min(each) for each in by_variant))
    told = sensitivity(found.runs, cpu)
    assert told is not None
    assert told == pytest.approx((power, 0), abs=1e-6)


def test_variants_are_told_apart_where_they_differ() -> None:
    # The dearer variant at the higher speed: taken for one variant, requests would seem to like slow cores.
    runs = at_speeds(even(), 1.0).runs
    ours = {run.variant: at for at, run in enumerate(runs)}
    assert len(ours) == 2
    by_variant = dict(zip(ours, (1.0, 3.0), strict=True))
    speeds_of = [by_variant[run.variant] * 1.1**run.round for run in runs]
    found = at_speeds(even(), *speeds_of, power=1.3)
    assert sensitivity(found.runs, cpu) == pytest.approx((1.3, 0), abs=1e-6)


def test_how_sure_that_is_follows_from_what_is_left() -> None:
    # Logarithms of the piece -1, 0, 1 in each variant; of the request the double, and 0.1 more in the middle.
    pieces = {1: exp(-1), 2: 1.0, 3: exp(1)}
    runs = [
        replace(
            run,
            cpu_ms={"web": exp(2 * log(pieces[run.round]) + (0.1 if run.round == 2 else 0))},
            speed=Speed(yardstick="one", piece_ms=pieces[run.round], pieces=100),
        )
        for run in few().runs
    ]
    left = 2 * (2 * (0.1 / 3) ** 2 + (0.2 / 3) ** 2)
    told = sensitivity(runs, cpu)
    assert told == pytest.approx((2, (left / (6 - 2 - 1) / 4) ** 0.5))


@pytest.mark.parametrize("pieces", [(2.0,), (2.0, None), (2.0, 2.001)])
def test_at_one_speed_nothing_is_told_of_sensitivity(pieces: tuple[float | None, ...]) -> None:
    assert sensitivity(at_speeds(even(), *pieces).runs, cpu) is None


def costs(runs: list[Run]) -> list[float]:
    return [cpu(run) for run in runs]


@given(st.lists(speeds, min_size=1, max_size=6))
def test_a_machine_that_changes_its_speed_changes_no_ratio(pieces: list[float]) -> None:
    steady = compared(at_speeds(few(), 1.0), "upstream-redis", "none")
    found = compared(at_speeds(few(), *pieces), "upstream-redis", "none")
    assert found.cpu is not None
    assert steady.cpu is not None
    for ours, theirs in [
        (found.cpu, steady.cpu),
        *((found.services[name], steady.services[name]) for name in steady.services),
    ]:
        assert ours.value == pytest.approx(theirs.value)
        assert ours.low == pytest.approx(theirs.low)
        assert ours.high == pytest.approx(theirs.high)


@pytest.mark.parametrize("pieces", [(1.0, None), (None,), (None, 2.0, 2.0)])
def test_where_a_speed_is_not_known_cpu_is_as_it_was_booked(
    pieces: tuple[float | None, ...],
) -> None:
    found = at_speeds(few(), *pieces)
    comparison = compared(found, "upstream-redis", "none")
    assert not line_of(found, "upstream-redis").levelled
    assert comparison.cpu == booked(found, "upstream-redis")


def test_what_answers_a_hundred_times_as_much_is_as_it_was_booked() -> None:
    found = at_speeds(result(["none", "everything"], rounds=3), 1.0, 1.2)
    comparison = compared(found, "everything", "none")
    assert comparison.cpu == booked(found, "everything")
    line = line_of(found, "everything")
    assert not line.levelled
    assert line.cpu == comparison.cpu


def line_of(found: Result, name: str) -> Line:
    (line,) = (line for line in lines(found) if line.name == name)
    return line


def booked(found: Result, ours: str) -> Ratio | None:
    by_round = {(run.variant, run.round): cpu(run) for run in found.runs}
    rounds = range(1, found.plan.rounds + 1)
    return ratio([(by_round[ours, number], by_round["none", number]) for number in rounds])


def test_report_findings_and_comparison_have_one_ratio() -> None:
    found = at_speeds(few(), 1.0, 1.2, 1.4, 0.9)
    comparison = compared(found, "upstream-redis", "none")
    line = line_of(found, "upstream-redis")
    (row,) = (row for row in rows(found) if row.variant == "upstream-redis")
    assert line.levelled
    assert line.cpu == row.cpu == comparison.cpu
    assert line.services == comparison.services
    assert comparison.cpu != booked(found, "upstream-redis")


def test_a_ratio_by_two_yardsticks_is_none() -> None:
    found = at_speeds(few(), 2.0)
    other = at_speeds(few(), 1.0, yardstick="another")
    mixed = replace(found, runs=[*found.runs[:1], *other.runs[1:]])
    assert not line_of(mixed, "upstream-redis").levelled


def test_the_report_names_whose_ratios_are_as_booked_and_nobody_without_one() -> None:
    found = at_speeds(result(["none", "upstream-redis", "everything"], rounds=2), 1.0, 1.2)
    assert "not those of everything, whose requests" in page.render(found)
    lost = Flag("books", "a hop's counts differ", "look")
    runs = [replace(r, flags=[lost]) if r.variant == "everything" else r for r in found.runs]
    assert "not those of" not in page.render(replace(found, runs=runs))


def test_a_speed_that_is_not_known_of_some_is_said() -> None:
    some = judge(at_speeds(few(), 1.0, None))
    assert [r for r in some.remarks if r.startswith("The machine's speed is not known of 3 of 6")]
    for known in (at_speeds(few(), 1.0), at_speeds(few(), None)):
        assert not [r for r in judge(known).remarks if "speed" in r]


@given(speeds, speeds)
def test_two_results_are_brought_to_one_speed(before: float, after: float) -> None:
    one, other = together([at_speeds(few(), before), at_speeds(few(), after)])
    assert costs(one.runs) == pytest.approx(costs(other.runs))
    between = (before * after) ** (SENSITIVITY / 2)
    assert costs(one.runs) == pytest.approx([between * ms for ms in costs(few().runs)])


def test_it_is_said_by_how_much_two_speeds_may_mislead() -> None:
    (said,) = (
        line for line in remarks(at_speeds(few(), 1.0), at_speeds(few(), 1.2)) if "speed" in line
    )
    assert "1 / 1.2 ms" in said
    assert "wider by the 5.5 % by which that may be off" in said
    (said,) = (
        line for line in remarks(at_speeds(few(), 1.0), at_speeds(few(), 1.0)) if "speed" in line
    )
    assert "off" not in said


def test_what_two_yardsticks_told_is_not_brought_together() -> None:
    one, other = at_speeds(few(), 2.0), at_speeds(few(), 0.5, yardstick="another")
    assert together([one, other]) == [one, other]
