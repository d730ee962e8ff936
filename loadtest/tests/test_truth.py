"""What the sampled truth says of a run: its flags, its figures, its chart."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from bench import truth
from bench.compare import Row
from bench.counters import Counters
from bench.reporting import charts
from bench.result import Kind, Load, Run, Truth
from bench.result import rows as csv_rows
from users.recorder import Recorder

INVALIDATED = {"LAB_FRESHNESS": "invalidate", "LAB_UPSTREAM": "redis"}
BY_AGE = {**INVALIDATED, "LAB_FRESHNESS": "ttl"}
OWN_MEMORY = {**INVALIDATED, "LAB_UPSTREAM": "local"}
MICROCACHED = {**INVALIDATED, "LAB_MICROCACHE": "1"}
OTHERS = {**INVALIDATED, "LAB_SETTINGS_MODULE": "rivals.settings_cache_page"}

TRUE = Truth(writes=9, checked=100, leak_checks=50)
STALE = Truth(writes=9, checked=100, stale=2, stalest=1.5, leak_checks=50)
LEAKED = Truth(checked=100, leak_checks=50, leaks=1, first_leak="truth/read /inbox/: a letter")


@pytest.mark.parametrize(
    ("found", "toggles", "codes"),
    [
        (TRUE, INVALIDATED, {}),
        (STALE, INVALIDATED, {"stale": True}),
        (STALE, BY_AGE, {}),
        (STALE, OWN_MEMORY, {}),
        (STALE, OTHERS, {}),
        (STALE, INVALIDATED | {"LAB_SETTINGS_MODULE": "config.settings"}, {"stale": True}),
        (STALE, MICROCACHED, {}),
        (LEAKED, INVALIDATED, {"leak": True}),
        (LEAKED, BY_AGE, {"leak": True}),
        (Truth(problem="member-0 can't log in"), INVALIDATED, {"unsampled": False}),
        # The mix's own writers were checked all the same.
        (Truth(problem="switched off", checked=5), INVALIDATED, {}),
    ],
)
def test_leaks_are_fatal_always_and_stale_answers_where_freshness_is_promised(
    found: Truth, toggles: dict[str, str], codes: dict[str, bool]
) -> None:
    flags = truth.flags(found, toggles)
    assert {flag.code: flag.fatal for flag in flags} == codes
    assert set(codes) <= set(truth.CODES)
    assert all(found.first_leak in flag.reason for flag in flags if flag.code == "leak")


@pytest.mark.parametrize(
    ("found", "often", "longest"),
    [
        (Truth(), "–", "–"),
        (TRUE, "0", "0"),
        (STALE, "20,000", "1.5 s"),
        (Truth(checked=10**6, stale=7, stalest=31.4, still_stale=1), "7", "≥ 31 s"),
        (Truth(checked=10**6, stale=1, stalest=0.042), "1", "0.04 s"),
    ],
)
def test_what_was_not_checked_is_not_said_to_be_fresh(
    found: Truth, often: str, longest: str
) -> None:
    assert (truth.per_million(found), truth.seconds(found)) == (often, longest)


def test_a_variants_runs_have_one_truth() -> None:
    late = Truth(checked=300, stale=1, stalest=8.0, still_stale=2, first_leak="here")
    assert truth.of_all([STALE, late]) == Truth(
        writes=9,
        checked=400,
        stale=3,
        stalest=8.0,
        still_stale=2,
        leak_checks=50,
        first_leak="here",
    )


def test_the_samplers_requests_are_in_the_books_and_in_no_figure_of_the_loads() -> None:
    recorder = Recorder()
    for name, ms in (("page/post", 5.0), ("page/post", 5.0), ("truth/read", 900.0)):
        recorder.on_request("GET", name, ms, 100, None, response=SimpleNamespace(headers={}))
    recorder.on_request("GET", "truth/read", 1.0, 0, OSError("refused"))
    summary = recorder.summary(elapsed=2.0)
    assert (summary["requests"], summary["requests_per_second"], summary["bytes"]) == (2, 1.0, 200)
    assert summary["latency_ms"]["max"] < 10
    assert sum(summary["histogram_us"].values()) == 2
    assert summary["failures"] == 1
    assert summary["kinds"]["truth/read"]["ok"] == 1
    kinds = {
        name: Kind(ok=kind["ok"], failed=0, bytes=0) for name, kind in summary["kinds"].items()
    }
    assert load(kinds=kinds, requests=2).answered == 3


def load(**facts: Any) -> Load:
    return Load(
        **{"requests": 10, "failures": 0, "requests_per_second": 5.0, "elapsed": 2.0, **facts}
    )


def run(found: Truth) -> Run:
    return Run(
        round=1,
        variant="a",
        started="",
        toggles={},
        spent=Counters(),
        load=load(truth=found),
        cpu_ms={},
        hit_ratios={},
    )


def test_the_csv_leaves_empty_what_was_not_sampled() -> None:
    head, *lines = csv_rows([run(STALE), run(Truth())])
    first = head.index("stale_per_million")
    assert head[first : first + 3] == ["stale_per_million", "longest_staleness_s", "leaks"]
    assert [line[first : first + 3] for line in lines] == [[20000.0, 1.5, 0], ["", "", ""]]


def row(variant: str, rate: float, found: Truth) -> Row:
    facts: dict[str, Any] = dict.fromkeys(("median_ms", "p95_ms", "p99_ms", "cpu_total_ms"), 1.0)
    facts |= {"rounds": 1, "requests": 10, "failures": 0, "at_least": False, "throughput": None}
    facts |= {"cpu_ms": {}, "cpu": None, "hit_ratios": {}, "histogram": {}, "flags": ()}
    return Row(variant=variant, requests_per_second=rate, truth=found, **facts)


ROWS = [
    row("invalidated", 900.0, TRUE),
    row("ttl-1", 850.0, STALE),
    row("ttl-3600", 1200.0, Truth(checked=10, stale=9, stalest=40.0, still_stale=6)),
    row("unsampled", 100.0, Truth()),
]


def test_the_chart_has_a_point_for_each_variant_that_was_checked_and_its_table_all() -> None:
    drawing = charts.staleness(ROWS)
    assert drawing == charts.staleness(ROWS)
    said = re.findall(r">([^<>]+)</text>", drawing)
    # Twice each: against the longest staleness, and against how often.
    assert said.count("invalidated") == said.count("ttl-1") == 2
    assert [text for text in said if "ttl-3600" in text] == ["≥ ttl-3600", "ttl-3600"]
    assert "unsampled" not in said
    head, *lines = truth.table(ROWS)
    assert len(head) == len(lines[0]) == 6
    assert lines[2] == ["ttl-3600", "1,200", "10", "9", "900,000", "≥ 40 s"]
    assert lines[3][4:] == ["–", "–"]


def test_a_chart_of_nothing_that_was_checked_still_draws() -> None:
    assert "<svg" in charts.staleness([ROWS[3]])
