"""What is asked of the command line, rightly and wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import cli
from bench.variants import BASELINE, LAYERS, QUICK, USES, VARIANTS


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).resolve().parents[2])


def plan_of(*options: str) -> cli.Plan:
    return cli.planned(cli.parser().parse_args(options))


def test_the_default_takes_every_layer_alone_and_away() -> None:
    plan = plan_of()
    assert plan.variant_names == LAYERS
    assert plan.visits[0].mix == "readers"
    assert plan.rounds == 3


def test_quick_fits_in_four_minutes() -> None:
    plan = plan_of("--quick")
    assert plan.variant_names == QUICK
    assert plan.rounds == 2
    assert cli.seconds(8, plan.warm, plan.measure) < 240


def test_every_use_can_be_measured_alone_and_away() -> None:
    plan = plan_of("--variants", "uses")
    assert plan.name == "uses"
    assert plan.variant_names[:2] == (BASELINE, "upstream-redis")
    wanted = [f"{way}-{use}" for way in ("only", "without") for use in USES]
    assert list(plan.variant_names[2:]) == wanted


@pytest.mark.parametrize("use", USES)
def test_a_use_alone_has_the_others_off_and_a_use_away_has_them_on(use: str) -> None:
    alone, away = VARIANTS[f"only-{use}"].toggles, VARIANTS[f"without-{use}"].toggles
    for name in USES:
        toggle = f"LAB_{name.upper()}"
        # The baseline takes generated things from the bucket, so what is compared with it does too.
        assert alone[toggle] == ("on" if name in (use, "generated") else "off")
        assert away[toggle] == ("off" if name == use else "on")
    for toggles in (alone, away):
        assert toggles["LAB_UPSTREAM"] == "redis"
        assert toggles["LAB_EDGE_PAGES"] == toggles["LAB_EDGE_ASSETS"] == "off"


def test_a_set_can_be_quick_and_have_company() -> None:
    plan = plan_of("--quick", "--variants", "uses,everything")
    assert (plan.name, plan.rounds, plan.variant_names[-1]) == ("chosen", 2, "everything")


def test_options_do_what_they_say() -> None:
    plan = plan_of("--variants", "none, edge", "--rounds", "5", "--duration", "3", "--users", "9")
    assert (plan.variant_names, plan.rounds, plan.measure, plan.visits[0].users) == (
        ("none", "edge"),
        5,
        3,
        9,
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--variants", "cdn"], "variant 'cdn': accepted values are none, upstream-redis"),
        (["--variants", ""], "variant '': accepted values are none"),
        (["--rounds", "0"], "accepted are whole numbers from 1 to 100"),
        (["--duration", "-3"], "accepted are whole numbers from 1 to 3600"),
        (["--users", "1e3"], "accepted are whole numbers from 1 to 1000"),
        (["--mix", "robots"], "readers"),
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


def test_a_dry_run_prints_the_plan_and_how_long_it_takes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["--quick", "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert said.count("round 2") == 4
    assert "8 runs, about 4 minutes" in said
