"""What a run says against itself, and what stands against comparing two variants."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from bench.compare import Comparison, compared, comparisons, rows
from bench.counters import Counters
from bench.judging import comparison, layers, load, machine
from bench.judging.codes import CODES
from bench.judging.comparison import NAMES, Figure
from bench.judging.run import judged
from bench.result import (
    Flag,
    Health,
    Load,
    Machine,
    Pair,
    Plan,
    Result,
    Revision,
    Run,
    Second,
    Variant,
    Visits,
)

ON = {"LAB_EDGE_PAGES": "on", "LAB_EDGE_ASSETS": "on", "LAB_UPSTREAM": "redis"}
GOOD = {"pages": 0.97, "assets": 0.99, "redis": 0.9}


def made(**changes: Any) -> Load:
    facts = {"requests": 1000, "failures": 0, "requests_per_second": 100.0, "elapsed": 10.0}
    return Load(**{**facts, **changes})


def codes(flags: list[Flag]) -> list[str]:
    assert all(flag.code in CODES for flag in flags)
    assert all(flag.reason and flag.advice for flag in flags)
    return [flag.code for flag in flags]


LOADS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing is wrong": ({}, []),
    "the generator has room": ({"core_share": 0.8}, []),
    "the generator was the limit": ({"core_share": 0.81}, ["generator"]),
    "one failed": ({"failures": 1, "reasons": {"page/post: status 500": 1}}, ["failures"]),
    "nothing was answered": ({"requests": 0}, ["failures"]),
    "stopped": ({"interrupted": True}, ["cut-short"]),
    "still under way": ({"drained": False}, ["cut-short"]),
    "open, and all began": ({"rate": 50.0, "starts": 5000, "missed": 5}, []),
    "open, and some never began": ({"rate": 50.0, "starts": 5000, "missed": 6}, ["missed-starts"]),
    "closed loops miss nothing": ({"starts": 0, "missed": 6}, []),
}


@pytest.mark.parametrize(("changes", "expected"), LOADS.values(), ids=LOADS)
def test_the_loads_own_faults(changes: dict[str, Any], expected: list[str]) -> None:
    assert codes(load.flags(made(**changes))) == expected


def test_a_busy_generator_is_a_remark_and_no_verdict() -> None:
    (flag,) = load.flags(made(core_share=0.95))
    assert not flag.fatal


LAYERS: dict[str, tuple[dict[str, float], dict[str, str], list[str]]] = {
    "all serve": (GOOD, {}, []),
    "pages don't, though on": (GOOD | {"pages": 0.3}, {}, ["idle-layer"]),
    "a mix that asks for no objects": ({"pages": 0.9, "redis": 0.9}, {}, []),
    "members only, who get pages with parts": ({"members": 0.9, "redis": 0.9}, {}, []),
    "members only, and a Redis that serves nothing": (
        {"members": 0.9, "redis": 0.0},
        {},
        ["idle-layer"],
    ),
    "pages do, though off": (GOOD, {"LAB_EDGE_PAGES": "off"}, ["busy-layer"]),
    "Redis does, though off": (GOOD, {"LAB_UPSTREAM": "off"}, ["busy-layer"]),
    "Redis rests behind kept pages": ({"pages": 0.99, "assets": 0.99}, {}, []),
    "Redis rests, and nothing is before it": (
        {"assets": 0.99},
        {"LAB_EDGE_PAGES": "off"},
        ["idle-layer"],
    ),
}


@pytest.mark.parametrize(("ratios", "toggles", "expected"), LAYERS.values(), ids=LAYERS)
def test_layers_do_as_they_are_told(
    ratios: dict[str, float], toggles: dict[str, str], expected: list[str]
) -> None:
    assert codes(layers.flags(ratios, {**ON, **toggles}, [])) == expected


def seconds(*halves: tuple[int, int]) -> list[Second]:
    """Three seconds of each half, which share its hits and its questions."""
    return [
        Second(at=3 * half + part, requests=asked, edge_hits=hits, edge_asked=asked)
        for half, (hits, asked) in enumerate(halves)
        for part in range(3)
    ]


def test_what_other_software_makes_of_redis_is_no_fault_of_the_run() -> None:
    ratios = {"assets": 0.99, "redis": 0.1}
    assert layers.flags(ratios, {**ON, "LAB_EDGE_PAGES": "off"}, [], ours=False) == []


def test_pages_that_the_warm_up_had_no_time_for_are_a_remark_where_anything_is_cached() -> None:
    (flag,) = layers.flags(GOOD, ON, [], unprimed=7)
    assert (flag.code, flag.fatal) == ("cold", False)
    assert flag.reason.endswith(": 7")
    off = dict.fromkeys(("LAB_UPSTREAM", "LAB_EDGE_PAGES"), "off")
    for assets in ("on", "off"):
        toggles = {**off, "LAB_EDGE_ASSETS": assets}
        assert layers.flags({"pages": 0.0}, toggles, [], unprimed=7) == []
    assert layers.flags(GOOD, ON, [], low_hits=True, unprimed=7) == []


def test_layers_that_serve_little_may_be_what_is_asked_about() -> None:
    assert layers.flags(GOOD | {"pages": 0.3}, ON, [], low_hits=True) == []
    off = {**ON, "LAB_EDGE_PAGES": "off"}
    assert codes(layers.flags(GOOD, off, [], low_hits=True)) == ["busy-layer"]


DRIFTS: dict[str, tuple[list[Second], list[str]]] = {
    "at rest": (seconds((960, 1000), (962, 1000)), []),
    "warming still": (seconds((900, 1000), (960, 1000)), ["drift"]),
    "cooling": (seconds((960, 1000), (900, 1000)), ["drift"]),
    "a little": (seconds((940, 1000), (955, 1000)), []),
    "as much as chance does with few": (seconds((8, 10), (9, 10)), []),
    "nothing is kept": (seconds((0, 1000), (0, 1000)), []),
    "nobody asked the edge": (seconds((0, 0), (0, 0)), []),
    "one second": ([Second(at=0, requests=5, edge_hits=1, edge_asked=5)], []),
    "no time line": ([], []),
}


@pytest.mark.parametrize(("line", "expected"), DRIFTS.values(), ids=DRIFTS)
def test_a_hit_ratio_that_still_moves(line: list[Second], expected: list[str]) -> None:
    assert codes(layers.flags(GOOD, ON, line)) == expected


CALM: dict[str, Any] = {
    "stolen_share": 0.01,
    "foreign_share": 0.05,
    "memory_available_mib": 2000.0,
    "swapped_mib": 0.0,
    "memory_stall_share": 0.0,
    "disk_free_mib": 5000.0,
    "throttled_seconds": 0.0,
}

HEALTH: dict[str, tuple[dict[str, Any], list[str]]] = {
    "calm": ({}, []),
    "stolen": ({"stolen_share": 0.2}, ["stolen"]),
    "somebody else": ({"foreign_share": 0.4}, ["foreign"]),
    "a clock forward": ({"clock_jump_seconds": 2.0}, ["clock"]),
    "little memory": ({"memory_available_mib": 100.0}, ["memory"]),
    "swapping": ({"swapped_mib": 300.0}, ["memory"]),
    "waiting for memory": ({"memory_stall_share": 0.3}, ["memory"]),
    "a full disk": ({"disk_free_mib": 90.0}, ["disk"]),
    "throttled": ({"throttled_seconds": 3.0}, ["throttled"]),
    "a container that was started anew": ({"restarted": True}, ["restarted"]),
}


@pytest.mark.parametrize(("changes", "expected"), HEALTH.values(), ids=HEALTH)
def test_what_the_machine_did(changes: dict[str, Any], expected: list[str]) -> None:
    assert codes(machine.flags(Health(**{**CALM, **changes}))) == expected


def test_what_the_machine_does_not_tell_stands_against_nothing() -> None:
    assert machine.flags(Health()) == []


def test_limits_that_are_meant_are_a_remark() -> None:
    (flag,) = machine.flags(Health(throttled_seconds=3.0))
    assert not flag.fatal


COMPARISONS: dict[str, tuple[tuple[int, list[int], float | None, float | None], list[str]]] = {
    "two rounds": ((2, [], 0.02, 0.02), []),
    "one round": ((1, [], None, None), ["rounds"]),
    "one left": ((1, [2, 3], None, None), ["rounds"]),
    "requests/s that differ": ((3, [], 0.02, 0.4), ["rate-spread"]),
    "CPU that differs": ((3, [], 0.4, 0.02), ["cpu-spread"]),
    "both": ((3, [], 0.4, 0.4), ["cpu-spread", "rate-spread"]),
    "no figure": ((2, [], None, None), []),
}


@pytest.mark.parametrize(("facts", "expected"), COMPARISONS.values(), ids=COMPARISONS)
def test_what_stands_against_a_comparison(
    facts: tuple[int, list[int], float | None, float | None], expected: list[str]
) -> None:
    assert codes(comparison.flags(*facts)) == expected


# --- invalid runs in comparisons ---


def run(variant: str, number: int, ms: float, *flags: Flag, rate: float = 100.0) -> Run:
    return Run(
        round=number,
        variant=variant,
        started="2026-11-25T20:00:00+00:00",
        toggles={},
        load=made(requests_per_second=rate, histogram_us={"1000": 10}),
        spent=Counters(),
        cpu_ms={"web": ms},
        hit_ratios={},
        flags=list(flags),
    )


def result(*runs: Run) -> Result:
    return Result(
        created="2026-11-25T20:00:00+00:00",
        plan=Plan(
            name="two",
            variants=tuple(
                Variant(name, "", {}, Visits("readers", 16)) for name in ("none", "all")
            ),
            baseline="none",
            pairs=(Pair("all", "none", "everything"),),
            rounds=3,
            warm=1,
            measure=1,
            seed=1,
        ),
        machine=Machine("cpu", 2, 4096, "x86_64", "6", "Debian", "27"),
        revision=Revision("0", False),
        versions={},
        runs=list(runs),
    )


BROKEN = Flag("failures", "7 of 8 requests failed", "look")
BUSY = Flag("generator", "It used 90 % of its core", "more workers", fatal=False)


def test_an_invalid_run_is_in_no_ratio_and_its_round_is_named() -> None:
    found = result(
        *(run("none", n, 10.0) for n in (1, 2, 3)),
        run("all", 1, 1.0),
        run("all", 2, 99.0, BROKEN),
        run("all", 3, 1.0),
    )
    (comparison,) = comparisons(found)
    assert comparison.what == "everything"
    assert comparison.rounds == 2
    assert comparison.left_out == (2,)
    assert comparison.cpu is not None
    assert comparison.cpu.value == pytest.approx(0.1)
    assert comparison.verdict == "VALID"
    assert BROKEN in comparison.flags
    row = next(row for row in rows(found, "none") if row.variant == "all")
    assert (row.rounds, row.valid_rounds, row.left_out) == (3, 2, (2,))
    assert row.cpu == comparison.cpu
    assert row.cpu_total_ms == 1.0


def test_a_baseline_that_is_invalid_leaves_its_round_out_too() -> None:
    found = result(
        run("none", 1, 50.0, BROKEN), run("none", 2, 10.0), run("all", 1, 1.0), run("all", 2, 1.0)
    )
    comparison = compared(found, "all", "none")
    assert comparison.left_out == (1,)
    assert not comparison.valid
    assert comparison.verdict.startswith("INVALID: 1 of the rounds are valid on both sides, 2 are")
    assert "invalid: 1" in comparison.verdict


def test_a_variant_without_a_valid_run_is_shown_and_said_to_be_invalid() -> None:
    found = result(run("none", 1, 10.0), run("all", 1, 1.0, BROKEN))
    row = next(row for row in rows(found, "none") if row.variant == "all")
    assert not row.valid
    assert row.cpu is None
    assert row.cpu_total_ms == 1.0


def test_a_remark_takes_no_round_out() -> None:
    found = result(
        *(run("none", n, 10.0) for n in (1, 2)), *(run("all", n, 1.0, BUSY) for n in (1, 2))
    )
    comparison = compared(found, "all", "none")
    assert comparison.valid
    assert comparison.at_least
    assert comparison.rounds == 2


def scattered(cpu: float, rate: float, *flags: Flag) -> Comparison:
    """The second round's figures are so many times the first's."""
    found = result(
        *(run("none", n, 10.0) for n in (1, 2)),
        run("all", 1, 1.0, *flags),
        run("all", 2, cpu, *flags, rate=100.0 * rate),
    )
    return compared(found, "all", "none")


def test_rounds_that_differ_too_much_are_no_comparison() -> None:
    comparison = scattered(2.0, 2.0)
    assert not comparison.valid
    assert comparison.verdict.startswith("INVALID: ")
    assert "CPU per request differ by about 49%" in comparison.verdict
    assert "requests/s differ by about 49%" in comparison.verdict


@pytest.mark.parametrize(
    ("comparison", "doubted", "stands"),
    [(scattered(2.0, 1.0), "cpu", "throughput"), (scattered(1.0, 2.0), "throughput", "cpu")],
)
def test_a_figure_whose_rounds_differ_too_much_takes_no_other_with_it(
    comparison: Comparison, doubted: Figure, stands: Figure
) -> None:
    assert comparison.valid
    assert comparison.doubts(doubted)
    assert not comparison.doubts(stands)
    assert comparison.verdict.startswith(f"VALID but for {NAMES[doubted]}: the rounds' ratios")


def test_without_its_cpu_nothing_is_left_of_a_comparison_whose_requests_were_locusts() -> None:
    assert not scattered(2.0, 1.0, BUSY).valid


def test_the_scatter_of_a_throughput_that_was_locusts_stands_against_nothing() -> None:
    runs = [
        *(run("none", n, 10.0) for n in (1, 2)),
        *(run("all", n, 1.0, BUSY, rate=1000.0 * n) for n in (1, 2)),
    ]
    assert compared(result(*runs), "all", "none").valid


def test_variants_that_were_never_measured_together() -> None:
    comparison = compared(result(run("none", 1, 10.0)), "all", "none")
    assert comparison.cpu is None
    assert not comparison.valid


def test_a_run_is_judged_by_everything_at_once() -> None:
    from bench import counters
    from fakes.stack import FakeStack

    stack = FakeStack(else_asks=400)
    stack.switch(ON)
    before = stack.counters()
    stack.serve(700, 300)
    bad = run("all", 1, 1.0)
    spent = counters.delta(before, stack.counters(ending=True))
    found = judged(
        Run(
            **{
                **{name: getattr(bad, name) for name in bad.__struct_fields__},
                "toggles": ON,
                "spent": spent,
                "hit_ratios": GOOD,
                "load": made(requests=1000, failures=2),
                "health": Health(**CALM | {"swapped_mib": 99.0}),
            }
        )
    )
    assert [flag.code for flag in found.flags] == ["failures", "books", "memory"]
    assert not found.valid
    assert len(found.accounts) == 7
    assert found.per_request["nginx.requests"] == pytest.approx(0.014)


def test_the_documentation_has_every_reason_and_no_other() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "instrument.md").read_text(
        encoding="utf-8"
    )
    section = page.partition("## VALID or INVALID")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE)) == set(CODES)
