"""Differences of counters, and what they come to for one request."""

from __future__ import annotations

import pytest

from bench import counters
from bench.counters import Counters
from bench.measuring.costs import per_request
from bench.result import Kind, Load


def test_a_service_that_came_in_between_is_left_out() -> None:
    spent = counters.delta(Counters({"web": 5}), Counters({"web": 9, "new": 4}))
    assert spent.cpu_ns == {"web": 4}


def test_what_was_first_counted_in_between_began_at_0() -> None:
    before, after = {"web.requests": 5}, {"web.requests": 9, "redis.called.del": 4}
    spent = counters.delta(Counters({}, before), Counters({}, after))
    assert spent.counts == {"web.requests": 4, "redis.called.del": 4}


def test_cpu_per_request_counts_only_the_path() -> None:
    cpu = counters.cpu_ms_per_request(Counters({"web": 8_000_000, "prometheus": 99_000_000}), 4)
    assert cpu["web"] == pytest.approx(2.0)
    assert counters.on_path(cpu) == pytest.approx(2.0)


def test_what_is_one_persons_is_nobodys_hit_or_miss() -> None:
    kinds = {
        "page/post": Kind(ok=60, failed=0, bytes=0, edge_hits=55),
        "feed/atom": Kind(ok=20, failed=5, bytes=0, edge_hits=17),
        "member/post": Kind(ok=8, failed=0, bytes=0, edge_hits=4),
        "member/front": Kind(ok=2, failed=0, bytes=0, edge_hits=2),
        "personal/inbox": Kind(ok=10, failed=0, bytes=0),
        "write/vote": Kind(ok=2, failed=0, bytes=0),
        "asset/image": Kind(ok=5, failed=0, bytes=0, edge_hits=5),
    }
    ratios = counters.hit_ratios(Counters(), kinds)
    assert ratios == {"pages": pytest.approx(0.9), "members": pytest.approx(0.6), "assets": 1.0}


def test_a_layer_that_nobody_asked_has_no_ratio() -> None:
    assert counters.hit_ratios(Counters({}, {"redis.hits": 0, "redis.misses": 0}), {}) == {}


def load(requests: int) -> Load:
    return Load(requests=requests, failures=0, requests_per_second=1, elapsed=1, bytes=15_000)


def test_costs_of_one_request() -> None:
    counts = {
        "varnish.fetched_pages": 20,
        "varnish.fetched_objects": 30,
        "web.queries": 180,
        "redis.bytes_in": 100,
        "redis.bytes_out": 900,
        "varnish.body_bytes": 5000,
    }
    costs = per_request(load(100), Counters({}, counts))
    assert costs == {
        "varnish.fetches": pytest.approx(0.5),
        "nginx.requests": pytest.approx(0.2),
        "postgres.queries": pytest.approx(1.8),
        "redis.bytes": pytest.approx(10),
        "visitor.bytes": pytest.approx(50),
    }


def test_without_requests_nothing_cost_anything() -> None:
    assert per_request(load(0), Counters({}, {"web.queries": 3})) == {}
