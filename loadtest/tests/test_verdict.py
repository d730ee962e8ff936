"""What a run says against itself."""

from __future__ import annotations

from typing import Any

import pytest

from bench import verdict
from bench.counters import Counters
from bench.result import Kind, Load

ON = {"LAB_EDGE_PAGES": "on", "LAB_EDGE_ASSETS": "on", "LAB_UPSTREAM": "redis"}
GOOD = {"pages": 0.97, "assets": 0.99, "redis": 0.9}


def load(**changes: Any) -> Load:
    facts = {"requests": 1000, "failures": 0, "requests_per_second": 100.0, "elapsed": 10.0}
    return Load(**{**facts, **changes})


def codes(load: Load, ratios: dict[str, float], requests: int = 1000, **toggles: str) -> list[str]:
    spent = Counters({}, {"varnish.requests": requests})
    return [flag.code for flag in verdict.flags(load, spent, ratios, {**ON, **toggles})]


def test_nothing_stands_against_a_good_run() -> None:
    assert codes(load(), GOOD) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"core_share": 0.81}, "generator"),
        ({"failures": 1, "reasons": {"page/post: status 500": 1}}, "failures"),
        ({"requests": 0}, "failures"),
        ({"interrupted": True}, "cut-short"),
        ({"drained": False}, "cut-short"),
    ],
)
def test_the_loads_own_faults(changes: dict[str, Any], code: str) -> None:
    changed = load(**changes)
    assert codes(changed, GOOD, changed.requests + changed.failures) == [code]


def test_a_layer_that_is_on_and_does_not_serve() -> None:
    assert codes(load(), GOOD | {"pages": 0.3}) == ["idle-layer"]
    assert codes(load(), {"pages": 0.9, "redis": 0.9}) == ["idle-layer"]


def test_a_layer_that_is_off_and_serves() -> None:
    assert codes(load(), GOOD, LAB_EDGE_PAGES="off") == ["busy-layer"]
    assert codes(load(), GOOD, LAB_UPSTREAM="off") == ["busy-layer"]


def test_the_upstream_cache_behind_kept_pages_may_rest() -> None:
    assert codes(load(), {"pages": 0.99, "assets": 0.99}) == []


def test_a_write_may_bring_a_purge_with_it() -> None:
    writes = {"write/comment": Kind(ok=60, failed=0, bytes=0)}
    assert codes(load(kinds=writes), GOOD, requests=1070) == []
    assert codes(load(kinds=writes), GOOD, requests=1090) == ["counts"]


def test_somebody_else_asks_the_stack_too() -> None:
    assert codes(load(), GOOD, requests=1100) == ["counts"]
