"""Reading the servers' own counters."""

from __future__ import annotations

import json

import pytest

from bench import counters
from bench.counters import Counters
from bench.result import Kind

STAT = {
    "MAIN.client_req": 100,
    "MAIN.cache_hit": 60,
    "MAIN.cache_miss": 30,
    "MAIN.s_pass": 10,
    "MAIN.esi_req": 7,
    "VBE.boot.site.req": 15,
    "VBE.reload_2.site.req": 5,
    "VBE.boot.store.req": 20,
    "VBE.boot.store.conn": 3,
}


def test_varnish_fetches_are_counted_by_backend_over_all_loaded_vcls() -> None:
    text = json.dumps({"version": 1, "counters": {n: {"value": v} for n, v in STAT.items()}})
    read = counters.varnish(text)
    assert read["varnish.requests"] == 100
    assert read["varnish.fetched_pages"] == 20
    assert read["varnish.fetched_objects"] == 20
    assert read["varnish.parts"] == 7


def test_stub_status() -> None:
    text = (
        "HTTP/1.1 200 OK\r\n\r\nActive connections: 2 \nserver accepts handled requests\n 5 5 31 \n"
    )
    assert counters.nginx(text) == {"nginx.requests": 31}


def test_redis_info() -> None:
    text = "# Stats\r\ntotal_commands_processed:40\r\nkeyspace_hits:30\r\nkeyspace_misses:10\r\n"
    assert counters.redis(text) == {"redis.hits": 30, "redis.misses": 10, "redis.commands": 40}


def test_memcached_stats() -> None:
    text = "STAT cmd_set 7\r\nSTAT get_hits 3\r\nSTAT get_misses 1\r\nEND\r\n"
    assert counters.memcached(text) == {
        "memcached.hits": 3,
        "memcached.misses": 1,
        "memcached.sets": 7,
    }


def test_a_service_that_came_in_between_is_left_out() -> None:
    spent = counters.delta(Counters({"web": 5}), Counters({"web": 9, "new": 4}))
    assert spent.cpu_ns == {"web": 4}


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
