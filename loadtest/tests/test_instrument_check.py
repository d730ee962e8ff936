"""The check of the instrument, on fakes: that it passes what measures well and fails what doesn't."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from math import exp
from pathlib import Path
from random import Random
from typing import Any

import pytest
from msgspec.json import encode as json_of
from msgspec.structs import replace
from rich.console import Console

from bench.counters import Counters
from bench.levelling import SENSITIVITY
from bench.load import Snapshot
from bench.result import Load, Plan, Visits, read
from checks.__main__ import names
from checks.instrument import cli, parts
from checks.instrument.asked import Asked
from checks.instrument.layers import shipped_plan
from checks.instrument.measure import Instrument
from checks.instrument.parts import PARTS
from fakes.load import FakeLoad
from fakes.stack import FakeStack


@pytest.fixture(autouse=True, scope="module")
def in_the_repository() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(Path(__file__).resolve().parents[2])
        yield


class NoisyStack(FakeStack):
    """Its CPU differs from run to run by about `noise`, and that of each service in `restless` by as much
    more; with `blind` it isn't slowed when told; `other` makes every second run dearer by that much, as an
    instrument does that drifts. `unsteady`: so much does the machine's own speed differ from run to run."""

    def __init__(
        self,
        noise: float = 0.02,
        blind: bool = False,
        other: float = 0.0,
        restless: Mapping[str, float] | None = None,
        unsteady: float = 0.0,
        **rest: Any,
    ) -> None:
        super().__init__(**rest)
        self.random = Random(5)
        self.noise, self.blind, self.other = noise, blind, other
        self.restless = restless or {}
        self.unsteady, self.moods = unsteady, Random(6)
        self.switched = 0

    def switch(self, toggles: Mapping[str, str], posts: int = 0) -> None:
        self.switched += 1
        self.piece_ms = exp(self.moods.gauss(0, self.unsteady))
        super().switch(
            {k: v for k, v in toggles.items() if not (self.blind and k == "LAB_SLOWDOWN")}, posts
        )

    def counters(self, ending: bool = False) -> Counters:
        if not ending:
            return self.spent
        assert self.piece_ms
        dearer = self.piece_ms**SENSITIVITY * (
            1 + self.random.gauss(0, self.noise) + self.other * (self.switched % 2)
        )
        cpu = {service: int(ns * dearer) for service, ns in self.spent.cpu_ns.items()}
        for service, noise in self.restless.items():
            cpu[service] = int(cpu[service] * exp(self.random.gauss(0, noise)))
        return Counters(cpu, self.spent.counts)


class SteadyLoad(FakeLoad):
    """Its rate stays, so that the CPU of a run is what the stack's noise makes of it."""

    def run(
        self, plan: Plan, visits: Visits, seed: int, snapshot: Snapshot
    ) -> tuple[Load, Counters, Counters]:
        return super().run(plan, visits, -self.runs - 1, snapshot)  # seed + runs stays the same


class Check:
    """One check on fakes: its exit code, and what it printed and kept."""

    def __init__(self, out: Path, capsys: Any, stack: FakeStack, *options: str) -> None:
        def instrument(console: Console, folder: Path) -> Instrument:
            return Instrument(stack, SteadyLoad(stack), console, folder)

        self.stack = stack
        self.code = cli.main([*options, "--out", str(out)], instrument)
        self.said = capsys.readouterr().out
        self.out = out


def test_it_is_one_of_the_checks() -> None:
    assert "instrument" in names()


def test_an_instrument_that_measures_well_passes(tmp_path: Path, capsys: Any) -> None:
    check = Check(tmp_path, capsys, NoisyStack(noise=0.01))
    assert check.code == 0, check.said
    assert check.stack.calls[-1] == "restore"
    kept = json.loads((tmp_path / "instrument.json").read_bytes())
    assert set(kept) == set(PARTS)
    folders = {path.name.partition("-")[2] for path in tmp_path.iterdir() if path.is_dir()}
    assert folders == {f"instrument-{part}" for part in PARTS}
    assert "MISSED" not in check.said


def test_every_run_is_kept_with_what_was_asked_for(tmp_path: Path, capsys: Any) -> None:
    Check(tmp_path, capsys, NoisyStack(), "--only", "detect", "--comparisons", "2")
    (folder,) = (path for path in tmp_path.iterdir() if path.is_dir())
    result = read(folder / "result.json")
    assert len(result.runs) == 2 * 2 * Asked.FULL.slowed_rounds
    slowed = [run for run in result.runs if run.variant == "slowed"]
    assert {run.toggles["LAB_SLOWDOWN"] for run in slowed} == {"0.10"}
    assert not any("LAB_SLOWDOWN" in run.toggles for run in result.runs if run.variant == "bare")


def test_a_slowdown_that_is_not_noticed_is_a_miss(tmp_path: Path, capsys: Any) -> None:
    check = Check(tmp_path, capsys, NoisyStack(blind=True), "--only", "detect")
    assert check.code == 1
    assert "detect: of them, it was noticed in Django's CPU per request in: " in check.said


def test_a_machine_whose_speed_changes_is_no_miss(tmp_path: Path, capsys: Any) -> None:
    check = Check(tmp_path, capsys, NoisyStack(noise=0.01, unsteady=0.2))
    assert check.code == 0, check.said
    lines = json.loads((tmp_path / "instrument.json").read_bytes())["repeat"]["lines"]
    figures = {line["what"]: line["figure"] for line in lines}
    assert figures["CPU per request of two runs differs by"] < 3
    assert figures["as it was booked, at two speeds of the machine, by"] > 3


def test_a_slowdown_is_noticed_where_it_is_though_the_others_hide_it(
    tmp_path: Path, capsys: Any
) -> None:
    stack = NoisyStack(noise=0.01, restless={"postgres": 1.0})
    Check(tmp_path, capsys, stack, "--only", "detect", "--comparisons", "4")
    lines = json.loads((tmp_path / "instrument.json").read_bytes())["detect"]["lines"]
    figures = {line["what"]: line["figure"] for line in lines}
    assert figures["of them, it was noticed in Django's CPU per request in"] == 4
    assert figures["of them, in that of all services together in"] < 4


def test_two_results_of_layers_tell_a_slowdown(tmp_path: Path, capsys: Any) -> None:
    check = Check(tmp_path, capsys, NoisyStack(noise=0.04), "--only", "layers")
    assert check.code == 0, check.said
    (folder,) = (path for path in tmp_path.iterdir() if path.is_dir())
    result = read(folder / "result.json")
    assert len(result.runs) == 2 * 9 * 3
    slowed = {run.variant for run in result.runs if run.toggles.get("LAB_SLOWDOWN") == "0.10"}
    assert slowed == {f"{name}-slowed" for name in shipped_plan().variant_names}


def test_two_results_of_layers_that_tell_nothing_of_a_slowdown_are_a_miss(
    tmp_path: Path, capsys: Any
) -> None:
    check = Check(tmp_path, capsys, NoisyStack(blind=True), "--only", "layers")
    assert check.code == 1
    assert "layers: of them, it was noticed" in check.said


def test_short_leaves_the_long_one_out_unless_it_is_asked_for() -> None:
    short, _ = cli.wanted(cli.parser().parse_args(["--short"]))
    assert short == ["aa", "repeat", "detect"]
    asked, _ = cli.wanted(cli.parser().parse_args(["--short", "--only", "layers"]))
    assert asked == ["layers"]


@pytest.mark.parametrize(
    ("comparisons", "missed"), [(1, (0, 0)), (2, (0, 0)), (3, (1, 1)), (10, (1, 1)), (20, (1, 2))]
)
def test_however_few_comparisons_not_all_of_them_may_miss(
    comparisons: int, missed: tuple[int, int]
) -> None:
    asked = dataclasses.replace(Asked.FULL, same=comparisons, slowed=comparisons)
    assert asked.missed_at_most == missed


def test_two_runs_that_differ_too_much_are_a_miss(tmp_path: Path, capsys: Any) -> None:
    check = Check(tmp_path, capsys, NoisyStack(noise=0, other=0.05), "--only", "repeat")
    assert check.code == 1
    assert "CPU per request of two runs differs by" in check.said


def test_the_two_runs_that_must_repeat_have_the_same_visitors(tmp_path: Path, capsys: Any) -> None:
    Check(tmp_path, capsys, NoisyStack(), "--only", "repeat")
    (folder,) = (path for path in tmp_path.iterdir() if path.is_dir())
    first, second = read(folder / "result.json").runs
    assert first.round == second.round  # a round's number is what its visitors are made from


def test_it_says_whether_the_load_was_dearer_too(tmp_path: Path, capsys: Any) -> None:
    check = Check(tmp_path, capsys, NoisyStack(noise=0, other=0.05), "--only", "repeat")
    (own,) = (
        line
        for line in json.loads((tmp_path / "instrument.json").read_bytes())["repeat"]["lines"]
        if line["what"].startswith("the load's own CPU")
    )
    assert own["figure"] == pytest.approx(0, abs=0.5)
    assert "ms of the load's own" in check.said


def test_nothing_that_was_answered_is_a_miss(tmp_path: Path, capsys: Any) -> None:
    stack = NoisyStack(noise=-1, other=0)
    stack.random.gauss = lambda mean, noise: noise  # type: ignore[method-assign]
    check = Check(tmp_path, capsys, stack, "--only", "repeat")
    assert check.code == 1
    assert "CPU per request of two runs differs by: nan" in check.said


@pytest.mark.parametrize("text", ["[]", "{", '{"aa": '])
def test_figures_that_cant_be_read_are_said_before_anything_is_measured(
    tmp_path: Path, capsys: Any, text: str
) -> None:
    (tmp_path / "instrument.json").write_text(text)
    stack = NoisyStack()

    def instrument(console: Console, folder: Path) -> Instrument:
        return Instrument(stack, SteadyLoad(stack), console, folder)

    assert cli.main(["--only", "repeat", "--out", str(tmp_path)], instrument) == 2
    error = capsys.readouterr().err
    assert error.startswith("check instrument: ")
    assert "not the figures of earlier checks" in error
    assert error.count("\n") == 1
    assert stack.calls == []
    assert (tmp_path / "instrument.json").read_text() == text


def test_differences_that_are_none_are_a_miss(
    tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Under the same name and sentence, but slowed: an instrument that treats the two sides differently.
    unequal = replace(parts.OTHER, toggles={**parts.TOGGLES, "LAB_SLOWDOWN": "0.10"})
    monkeypatch.setattr(parts, "OTHER", unequal)
    check = Check(tmp_path, capsys, NoisyStack(noise=0.001), "--only", "aa", "--comparisons", "4")
    assert check.code == 1
    assert "aa: of them, a difference in CPU per request was seen in: 4" in check.said


def test_invalid_runs_leave_no_comparison(tmp_path: Path, capsys: Any) -> None:
    check = Check(
        tmp_path, capsys, NoisyStack(else_asks=5000), "--only", "aa", "--comparisons", "2"
    )
    assert check.code == 1
    assert "aa: comparisons whose CPU is VALID: 0, promised is ≥ 2" in check.said


def test_a_stack_that_does_not_start_is_said(tmp_path: Path, capsys: Any) -> None:
    check = Check(tmp_path, capsys, NoisyStack(broken=parts.ONE.toggles), "--only", "repeat")
    assert check.code == 1
    assert "docker compose up failed" in check.said


def test_parts_are_kept_beside_those_of_another_day(tmp_path: Path, capsys: Any) -> None:
    for part in ("repeat", "aa"):
        Check(tmp_path, capsys, NoisyStack(noise=0.01), "--only", part, "--comparisons", "1")
    assert set(json.loads((tmp_path / "instrument.json").read_bytes())) == {"repeat", "aa"}


def nothing(console: Console, folder: Path) -> Instrument:
    raise AssertionError("asked the stack")


@pytest.mark.parametrize("part", PARTS)
def test_runs_are_judged_again_and_nothing_is_measured(
    tmp_path: Path, capsys: Any, part: str
) -> None:
    first = Check(tmp_path, capsys, NoisyStack(0.01, unsteady=0.2), "--only", part, "--short")
    figures = json.loads((tmp_path / "instrument.json").read_bytes())
    (folder,) = (path for path in tmp_path.iterdir() if path.is_dir())
    out = tmp_path / "again"
    code = cli.main(["--again", str(folder), "--out", str(out)], nothing)
    assert code == first.code == 0
    assert json.loads((out / "instrument.json").read_bytes()) == figures


def test_judged_again_in_other_rounds_what_makes_no_whole_comparison_is_left(
    tmp_path: Path, capsys: Any
) -> None:
    Check(tmp_path, capsys, NoisyStack(0.01), "--only", "aa", "--comparisons", "4")
    (folder,) = (path for path in tmp_path.iterdir() if path.is_dir())
    assert cli.main(["--again", str(folder), "--rounds", "5", "--out", str(tmp_path)], nothing) == 0
    lines = json.loads((tmp_path / "instrument.json").read_bytes())["aa"]["lines"]
    assert lines[0]["figure"] == 2


def test_runs_too_few_for_a_comparison_are_not_judged_again(tmp_path: Path, capsys: Any) -> None:
    Check(tmp_path, capsys, NoisyStack(0.01), "--only", "aa", "--comparisons", "1")
    (folder,) = (path for path in tmp_path.iterdir() if path.is_dir())
    kept = (tmp_path / "instrument.json").read_bytes()
    again = ["--again", str(folder), "--rounds", "4", "--out", str(tmp_path)]
    assert cli.main(again, nothing) == 2
    error = capsys.readouterr().err
    assert "holds 3 rounds, and a comparison takes 4; accepted are --rounds from 2 to 3" in error
    assert error.count("\n") == 1
    assert (tmp_path / "instrument.json").read_bytes() == kept


@pytest.mark.parametrize("part", ["aa", "repeat"])
def test_runs_that_were_not_all_made_are_not_judged_again(
    tmp_path: Path, capsys: Any, part: str
) -> None:
    Check(tmp_path, capsys, NoisyStack(0.01), "--only", part, "--comparisons", "1")
    (folder,) = (path for path in tmp_path.iterdir() if path.is_dir())
    file = folder / "result.json"
    found = read(file)
    for spoilt in (replace(found, complete=False), replace(found, runs=found.runs[:-1])):
        file.write_bytes(json_of(spoilt))
        assert cli.main(["--again", str(folder), "--out", str(tmp_path / "again")], nothing) == 2
        error = capsys.readouterr().err
        assert "not all of its runs were made; measure again" in error
        assert error.count("\n") == 1
    assert not (tmp_path / "again").exists()


def test_it_says_how_sensitive_this_machine_is(tmp_path: Path, capsys: Any) -> None:
    Check(tmp_path, capsys, NoisyStack(0, unsteady=0.2), "--only", "aa", "--comparisons", "4")
    lines = json.loads((tmp_path / "instrument.json").read_bytes())["aa"]["lines"]
    (found,) = (line["figure"] for line in lines if "a piece of the yardstick" in line["what"])
    assert found == pytest.approx(SENSITIVITY, abs=0.02)


def test_what_cant_be_judged_again_is_said_in_one_line(tmp_path: Path, capsys: Any) -> None:
    assert cli.main(["--again", str(tmp_path / "none")], nothing) == 2
    error = capsys.readouterr().err
    assert error.startswith("check instrument: ")
    assert "no such file" in error
    assert error.count("\n") == 1


def test_another_comparisons_runs_cant_be_judged_again(tmp_path: Path, capsys: Any) -> None:
    Check(tmp_path, capsys, NoisyStack(0.01), "--only", "aa", "--comparisons", "1")
    (folder,) = (path for path in tmp_path.iterdir() if path.is_dir())
    file = folder / "result.json"
    found = read(file)
    file.write_bytes(json_of(replace(found, plan=replace(found.plan, name="quick"))))
    assert cli.main(["--again", str(folder)], nothing) == 2
    error = capsys.readouterr().err
    assert "of quick; accepted are runs of this check (aa, repeat, detect, layers)" in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--only", "ab"], "'ab': accepted values are aa, repeat, detect, layers"),
        (["--comparisons", "0"], "'0': accepted are whole numbers from 1 to 100"),
        (["--rounds", "1"], "'1': accepted are whole numbers from 2 to 100"),
        (["--comparisons", "many"], "'many': accepted are whole numbers from 1 to 100"),
        (["--again", ".", "--only", "aa"], "accepted beside it are --rounds and --out"),
    ],
)
def test_what_is_not_accepted(options: list[str], said: str, capsys: Any) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(options)
    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.startswith("check instrument: ")
    assert error.count("\n") == 1


def test_a_dry_run_says_how_long_it_takes_and_asks_nothing(capsys: Any) -> None:
    assert cli.main(["--dry-run"], nothing) == 0
    assert "aa: about" in capsys.readouterr().out


def test_pieces_can_be_asked_for() -> None:
    names, asked = cli.wanted(
        cli.parser().parse_args(["--only", "detect,aa", "--comparisons", "4", "--rounds", "7"])
    )
    assert names == ["detect", "aa"]
    assert (asked.same, asked.slowed, asked.same_rounds, asked.slowed_rounds) == (4, 4, 7, 7)


def test_how_many_may_be_missed() -> None:
    assert Asked.FULL.missed_at_most == (1, 1)
    assert Asked.SHORT.missed_at_most == (1, 1)
