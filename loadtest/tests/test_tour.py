"""The tour, on a fake stack: its order, its figures, its promises, and that it puts everything back."""

from __future__ import annotations

import io
import signal
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.console import Console

import toggles
from bench.load import Snapshot
from bench.result import Load, Plan, Visits
from bench.stack import StackFailed
from fakes.hands import POST, FakeHands
from fakes.load import FakeLoad
from fakes.stack import FakeStack
from tour import cli, screen, steps
from tour.guide import ATTENDED, UNATTENDED, VISITS, Guide, minutes
from tour.steps import EVERYTHING, OFF, STEPS, Act

LOADED = [step for step in STEPS if step.act is not Act.WRITE]


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(Path(__file__).resolve().parents[2])
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


class FailingLoad(FakeLoad):
    """Its runs fail requests, or see stale answers."""

    def __init__(self, stack: FakeStack, failures: int = 0, stale: int = 0) -> None:
        super().__init__(stack)
        self.failures = failures
        self.stale = stale

    def run(
        self, plan: Plan, visits: Visits, seed: int, snapshot: Snapshot
    ) -> tuple[Load, Any, Any]:
        load, before, after = super().run(plan, visits, seed, snapshot)
        truth = msgspec.structs.replace(load.truth, stale=self.stale)
        return msgspec.structs.replace(load, failures=self.failures, truth=truth), before, after


@dataclass
class Tour:
    """What there was to walk through, how it ended, and what it printed."""

    stack: FakeStack
    load: FakeLoad
    hands: FakeHands
    code: int
    said: str
    guide: Guide
    asked: int


def toured(
    stack: FakeStack | None = None,
    load: FakeLoad | None = None,
    hands: FakeHands | None = None,
    attended: bool = False,
) -> Tour:
    stack = stack or FakeStack()
    load = load or FakeLoad(stack)
    hands = hands or FakeHands()
    out, asked = io.StringIO(), []
    shown = screen.Screen(
        Console(file=out, width=120),
        "http://localhost:8081",
        (lambda: asked.append(1)) if attended else None,
    )
    guide = Guide(stack, load, hands, shown, UNATTENDED)
    code = cli.run(guide)
    return Tour(stack, load, hands, code, out.getvalue(), guide, len(asked))


def is_put_back(tour: Tour) -> bool:
    """In this order: the toggles, then what was killed, then what was written."""
    return (
        tour.stack.calls[-2:] == ["restore", "open"]
        and tour.hands.calls[-1] == "forget"
        and tour.load.stopped
    )


def test_the_whole_tour() -> None:
    tour = toured()
    assert tour.code == 0
    assert tour.stack.calls == ["open", *["switch"] * len(STEPS), "restore", "open"]
    assert tour.load.runs == len(LOADED)
    assert [*tour.guide.found] == [step.name for step in LOADED]
    assert tour.hands.calls.index("write") < tour.hands.calls.index("break_cache")
    assert not tour.hands.broken
    assert tour.asked == 0
    assert is_put_back(tour)
    places = [tour.said.index(step.title) for step in STEPS]
    assert places == sorted(places)


def test_each_layer_comes_by_itself_and_then_all_of_them() -> None:
    assert STEPS[0].toggles == {}
    alone = [dict(step.toggles) for step in STEPS[1:4]]
    assert sorted(name for each in alone for name in each) == sorted(EVERYTHING)
    assert STEPS[4].toggles == EVERYTHING
    for step in STEPS:
        toggles.check(step.all_toggles)
    assert STEPS[-1].all_toggles["LAB_EDGE_PAGES"] == "off", "or nobody would need what is broken"


def test_every_toggle_that_changes_what_is_kept_is_set() -> None:
    left = {"LAB_TTL", "LAB_REPLICAS", "LAB_POSTS", "LAB_DEBUG"}
    declared = {name for name in toggles.load() if not name.endswith("PORT")}
    assert declared - left == set(OFF)


def test_the_figures_are_those_that_were_measured() -> None:
    tour = toured()
    first, *_ = tour.guide.found.values()
    everything = tour.guide.found["everything"]
    assert everything.per_second > 10 * first.per_second
    assert first.cpu is not None
    assert everything.cpu is not None
    assert everything.cpu < first.cpu / 10
    assert first.hits["pages"] == 0
    assert everything.hits["pages"] > 0.9
    assert f"{everything.hits['pages']:.0%}" in tour.said
    assert f"0 of {first.requests:,} requests" in tour.said
    assert (first.at_least, everything.at_least) == (False, True)
    assert f"≥ {everything.per_second:,.0f}" in tour.said
    assert tour.guide.found["Redis killed"].cpu is None, "its counters can't be asked for"


def test_a_hits_own_words_are_shown() -> None:
    said = toured().said
    assert "varnish; hit; ttl=86399" in said
    assert "HIT: a fresh copy was there; nobody behind it was asked" in said
    assert "answered by web-2" in said
    assert "Of 20 readers who asked after that, 20 saw it." in said


def test_enter_is_asked_for_between_all_steps() -> None:
    tour = toured(attended=True)
    # To begin, after each step, and before Redis is started again.
    assert tour.asked == 1 + len(STEPS) + 1
    assert "Enter to begin" in tour.said


@pytest.mark.parametrize(
    ("hands", "load", "said"),
    [
        (FakeHands(behind=2), {}, "tour: 2 readers did not see an acknowledged comment"),
        (FakeHands(), {"failures": 3}, "tour: Redis killed: 3 requests failed"),
        (FakeHands(), {"stale": 1}, "tour: everything: 1 answers were stale"),
    ],
)
def test_a_promise_that_did_not_hold_is_said_and_fails(
    hands: FakeHands, load: Mapping[str, int], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = FakeStack()
    tour = toured(stack, FailingLoad(stack, **load), hands)
    assert tour.code == 1
    assert said in capsys.readouterr().err.splitlines()
    assert is_put_back(tour)


@pytest.mark.parametrize("run", [1, 3, len(LOADED)])
def test_ctrl_c_under_load_puts_everything_back(run: int) -> None:
    stack = FakeStack()
    tour = toured(stack, FakeLoad(stack, stops_at=run))
    assert tour.code == 130
    assert is_put_back(tour)
    assert len(tour.guide.found) == run - 1


@pytest.mark.parametrize("call", ["switch_beside", "look", "write", "break_cache", "mend_cache"])
def test_ctrl_c_at_any_moment_puts_everything_back(call: str) -> None:
    tour = toured(hands=FakeHands(interrupted=call))
    assert tour.code == 130
    assert is_put_back(tour)


@pytest.mark.parametrize("call", ["switch_beside", "look", "write", "break_cache", "mend_cache"])
def test_a_failure_is_one_line_and_puts_everything_back(
    call: str, capsys: pytest.CaptureFixture[str]
) -> None:
    tour = toured(hands=FakeHands(failing=call))
    assert tour.code == 1
    assert capsys.readouterr().err == f"tour: {call} failed:\n"
    assert is_put_back(tour)


def test_a_step_that_does_not_start_puts_everything_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tour = toured(FakeStack(broken=STEPS[2].all_toggles))
    assert tour.code == 1
    assert capsys.readouterr().err == "tour: docker compose up failed: it is broken\n"
    assert is_put_back(tour)
    assert len(tour.guide.found) == 2


class Stuck(FakeStack):
    def restore(self) -> None:
        super().restore()
        raise StackFailed("docker compose up failed: no space left")


def test_what_can_not_be_put_back_is_said_and_the_rest_is_tried(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tour = toured(Stuck())
    assert tour.code == 1
    assert tour.stack.calls[-2:] == ["restore", "open"]
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(
        "tour: not all could be put back: docker compose up failed: no space left"
    )


@pytest.mark.parametrize(
    ("given", "drawn"),
    [
        ({}, ["Varnish [keeps nothing]", "Redis [keeps nothing]"]),
        (EVERYTHING, ["Varnish [keeps pages and objects]", "Redis [keeps computed values]"]),
        ({"LAB_EDGE_ASSETS": "on"}, ["Varnish [keeps objects]", "Redis [keeps nothing]"]),
    ],
)
def test_the_drawing_tells_what_each_layer_keeps(
    given: Mapping[str, str], drawn: list[str]
) -> None:
    text = screen.drawing({**OFF, **given}).plain
    assert all(each in text for each in drawn)


def test_a_long_cache_status_keeps_its_end_and_whole_members() -> None:
    field = ", ".join(f'upstream; hit; detail="policy_{number}"' for number in range(40))
    short = screen.shortened(f"{field}, varnish; hit; ttl=9")
    assert short.endswith(", varnish; hit; ttl=9")
    assert short.startswith("… upstream; hit; detail=")
    assert len(short) <= screen.MOST_CACHE_STATUS + 2
    assert screen.shortened("varnish; hit") == "varnish; hit"


def test_attended_it_takes_about_ten_minutes() -> None:
    assert 8 <= minutes(ATTENDED) <= 12
    assert VISITS.mix == "readers"


def test_every_step_says_what_happens_and_what_to_notice() -> None:
    assert len({step.name for step in steps.STEPS}) == len(STEPS)
    assert all(step.happens and step.notice for step in STEPS)


@pytest.mark.parametrize(
    ("arguments", "environ", "said"),
    [
        (["--fast"], {}, "unrecognized arguments: --fast"),
        (["here"], {}, "unrecognized arguments: here"),
        ([], {}, "no terminal to press Enter in: accepted is --unattended"),
        (["--unattended"], {"LAB_EDGE_PAGES": "maybe"}, "LAB_EDGE_PAGES=maybe: accepted values are on, off"),
        (["--unattended"], {"LAB_DEBUG": "on"}, "LAB_DEBUG=on is not measured: accepted is off"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_nothing_is_touched(
    arguments: list[str],
    environ: Mapping[str, str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def touched(*_: object) -> None:
        raise AssertionError("nothing is asked of the stack")

    monkeypatch.setattr(cli, "ComposeStack", touched)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    try:
        code: object = cli.main(arguments)
    except SystemExit as ended:
        code = ended.code
    (line,) = capsys.readouterr().err.splitlines()
    assert code == 2
    assert line.startswith(f"tour: {said}")


def test_the_page_that_is_looked_at_is_a_post() -> None:
    assert f"GET {POST}" in toured().said
