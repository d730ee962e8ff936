"""What is asked of the command line, rightly and wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import cli
from bench.databases import about
from bench.definitions.shipped import shipped
from bench.schedule import duration, seeding_seconds

USES = ("properties", "compiled", "fragments", "generated", "aggregates", "syndicated")


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).resolve().parents[2])


def plan_of(*options: str) -> cli.Plan:
    return cli.planned(cli.parser().parse_args(options))


def test_the_default_takes_every_layer_alone_and_away() -> None:
    plan = plan_of()
    assert plan == plan_of("layers")
    assert plan.variant_names[0] == plan.baseline == "none"
    assert {"upstream-redis", "everything", "everything-but-edge-pages"} <= set(plan.variant_names)
    assert plan.visits[0].mix == "readers"
    assert plan.rounds == 3


def test_quick_is_a_name_and_an_option() -> None:
    assert plan_of("--quick") == plan_of("quick") == plan_of("quick", "--quick")
    assert plan_of("quick").variant_names == ("none", "upstream-redis", "edge", "everything")
    assert plan_of("quick").rounds == 2


@pytest.mark.parametrize("use", USES)
def test_a_use_alone_has_the_others_off_and_a_use_away_has_them_on(use: str) -> None:
    plan = plan_of("uses")
    alone, away = plan.variant(f"only-{use}").toggles, plan.variant(f"without-{use}").toggles
    for name in USES:
        toggle = f"LAB_{name.upper()}"
        # The baseline takes generated things from the bucket, so what is compared with it does too.
        assert alone[toggle] == ("on" if name in (use, "generated") else "off")
        assert away[toggle] == ("off" if name == use else "on")
    for toggles in (alone, away):
        assert toggles["LAB_UPSTREAM"] == "redis"
        assert toggles["LAB_EDGE_PAGES"] == toggles["LAB_EDGE_ASSETS"] == "off"


def test_options_do_what_they_say() -> None:
    plan = plan_of(
        *("quick", "--variants", "none, edge", "--rounds", "5", "--duration", "3", "--users", "9"),
        *(
            "--workers",
            "2",
            "--rtt",
            "cache=0.5ms, db=2ms",
            "--mix",
            "reader=9,member=1",
            "--seed",
            "4",
        ),
    )
    assert plan.variant_names == ("none", "edge")
    assert (plan.rounds, plan.measure, plan.visits[0].users) == (5, 3, 9)
    assert (plan.workers, plan.rtt_ms, plan.seed) == (2, {"cache": 0.5, "db": 2.0}, 4)
    assert plan.visits[0].mix == {"reader": 9.0, "member": 1.0}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--variants", "cdn"], "there is no variant 'cdn': accepted are none, upstream-redis"),
        (["--variants", "edge-page"], "did you mean edge-pages?"),
        (["--variants", ""], "there is no variant '': accepted are none"),
        (["layer"], "there is no experiment 'layer'; did you mean layers?"),
        (["layers", "--quick"], "--quick is the experiment quick"),
        (["nowhere.toml"], "nowhere.toml: No such file"),
        (["members", "--mix", "readers"], "every variant of members has its own mix"),
        (["--users", "3", "--rate", "4"], "not allowed with argument"),
        (["--rate", "0"], "accepted are numbers above 0"),
        (["--rtt", "cache=5"], "accepted are round trips such as cache=0.5ms"),
        (["--mix", "reader=x"], "accepted is kind=weight"),
        (["--mix", "raeder=1"], "did you mean reader?"),
        (["--mix", "reader=1,member=2,reader=3"], "reader is in the mix twice"),
        (["--users", "4", "--workers", "8"], "8 workers for 4 users: accepted are at least as"),
        (["--users", "4", "--await-workers", "4"], "5 workers for 4 users"),
        (["--rounds", "0"], "accepted are whole numbers from 1 to 100"),
        (["--duration", "-3"], "accepted are whole numbers from 1 to 3600"),
        (["--users", "1e3"], "accepted are whole numbers from 1 to 1000"),
        (["--mix", "robots"], "there is no mix 'robots': accepted are readers"),
        (["--fast"], "unrecognized arguments: --fast"),
    ],
)
def test_bad_input_is_one_line_with_what_is_accepted(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code: object = cli.main([*options, "--dry-run"])
    except SystemExit as error:
        code = error.code
    lines = capsys.readouterr().err.splitlines()
    assert code == 2
    assert len(lines) == 1
    assert said in lines[0]


def test_a_bad_toggle_in_the_shell_is_said_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LAB_EDGE_PAGES", "maybe")
    assert cli.main(["--dry-run"]) == 2
    assert capsys.readouterr().err == "bench: LAB_EDGE_PAGES=maybe: accepted values are on, off\n"


def test_a_stack_with_the_debug_toolbar_is_not_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LAB_DEBUG", "on")
    assert cli.main(["quick", "--dry-run"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("bench: LAB_DEBUG=on is not measured: accepted is off")


def test_a_dry_run_prints_the_plan_and_how_long_it_takes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["--quick", "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert said.count("round 2") == 4
    assert "8 runs, about 4 minutes" in said


def test_a_broken_file_is_a_line_for_each_problem_and_nothing_is_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('question = "Which?"\nruonds = 3\n')
    assert cli.main([str(path)]) == 2
    said = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[:2] for line in said] == [
        ["bench", f"{path}:1"],
        ["bench", f"{path}:1"],
        ["bench", f"{path}:2"],
    ]


@pytest.mark.parametrize("name", shipped())
def test_a_dry_run_of_every_shipped_experiment_tells_its_runs_and_its_time(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([name, "--dry-run"]) == 0
    lines = capsys.readouterr().out.splitlines()
    plan = plan_of(name)
    assert lines[0] == plan.question
    assert sum(line.startswith("round ") for line in lines) == len(plan.variants) * plan.rounds
    assert lines[-1] == f"{len(plan.variants) * plan.rounds} runs, {about(duration(plan))}"


def test_a_dry_run_tells_how_long_seeding_takes(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["growth", "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "1,000,000 posts are seeded into a database of their own" in said
    assert about(seeding_seconds(10**6)) in said


def test_the_list_has_every_experiment_with_its_question(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(shipped())
    assert all(line.endswith("?") for line in lines)


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        ([], "./scripts/lab bench"),
        (["--quick", "--seed", "7"], "./scripts/lab bench --quick --seed 7"),
        (
            ["layers", "--out", "/home/me/results", "--rounds", "3"],
            "./scripts/lab bench layers --rounds 3",
        ),
        (["--out=/home/me/results", "uses"], "./scripts/lab bench uses"),
        (["/home/me/mine.toml", "--ou", "/tmp/x"], "./scripts/lab bench mine.toml"),
        (["--mix", "reader=3,member=1"], "./scripts/lab bench --mix reader=3,member=1"),
    ],
)
def test_a_command_is_written_down_without_folders_of_the_machine(
    arguments: list[str], command: str
) -> None:
    assert cli.typed(arguments) == command
