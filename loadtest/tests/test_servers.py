"""Reading the servers' own counters, from what they answered when they were recorded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.measuring import cpu, machine
from bench.measuring.servers import django, memcached, minio, nginx, postgres, redis, varnish

RECORDED = Path(__file__).parent / "recorded" / "counters"


def recorded(name: str) -> str:
    return (RECORDED / name).read_text(encoding="utf-8")


def test_varnish_at_rest_has_answered_its_health_checks_only() -> None:
    found = varnish.read(recorded("varnishstat.json"))
    assert found["varnish.requests"] == found["varnish.written"] == 16
    assert found["varnish.body_bytes"] == 2775
    assert (
        found["varnish.fetched_pages"] == found["varnish.hits"] == found["varnish.background"] == 0
    )


def test_varnish_fetches_are_counted_by_backend_over_all_loaded_vcls() -> None:
    values = {
        "VBE.boot.site.req": 15,
        "VBE.moved_2.site.req": 5,
        "VBE.boot.store.req": 20,
        "VBE.boot.store.conn": 3,
        "MAIN.esi_req": 7,
    }
    text = json.dumps(
        {"version": 1, "counters": {name: {"value": n} for name, n in values.items()}}
    )
    found = varnish.read(text)
    assert (found["varnish.fetched_pages"], found["varnish.fetched_objects"]) == (20, 20)
    assert found["varnish.parts"] == 7


def test_nginx() -> None:
    assert nginx.read(recorded("nginx.status")) == {"nginx.requests": 96}
    assert nginx.read("HTTP/1.1 404 Not Found\r\n\r\n") == {}


def test_redis() -> None:
    found = redis.read(recorded("redis.info"))
    assert found["redis.commands"] == 172
    assert (found["redis.bytes_in"], found["redis.bytes_out"]) == (5416, 251241)
    assert found["redis.called.set"] == 2
    assert found["redis.called.slowlog|get"] == 36
    # INFO is counted after it was answered, and the two parts were recorded one after the other.
    called = sum(number for name, number in found.items() if name.startswith("redis.called."))
    assert called == found["redis.commands"] + 1


def test_memcached() -> None:
    found = memcached.read(recorded("memcached.stats"))
    assert found["memcached.gets"] == found["memcached.misses"] == 8
    assert found["memcached.bytes_out"] == 80189
    assert set(found) == {f"memcached.{name}" for name in memcached.NAMES}


def test_minio_sums_its_kinds_of_requests() -> None:
    found = minio.read(recorded("minio.metrics"))
    assert found == {
        "minio.requests": 16 + 35 + 6 + 3 + 3,
        "minio.errors": 3,
        "minio.bytes_in": 567,
        "minio.bytes_out": 320297,
    }


def test_postgres_kinds() -> None:
    found = postgres.read("queries\t120\ntransactions\t8\ncommits\t131\nrollbacks\t0\n")
    assert found["postgres.queries"] == 120
    assert found["postgres.statistics"] == 0
    assert found["postgres.commits"] == 131


METRICS = """\
# HELP django_http_requests_total Requests answered.
# TYPE django_http_requests_total counter
django_http_requests_total{group="reading",status="2xx"} 37.0
django_http_requests_total{group="none",status="4xx"} 3.0
django_http_request_seconds_bucket{group="reading",le="0.01"} 37.0
django_http_request_seconds_count{group="reading"} 37.0
counting_watched_total{what="up"} 12.0
counting_queries_total{by="request"} 350.0
counting_queries_total{by="beside"} 64.0
counting_bucket_calls_total 3.0
caching_round_trips_total{server="redis",what="get"} 40.0
caching_round_trips_total{server="redis",what="finish"} 5.0
caching_round_trips_total{server="redis",what="ping"} 9.0
caching_commands_total{server="redis",command="MGET"} 40.0
caching_commands_total{command="PING",server="redis"} 9.0
caching_purges_total{outcome="done"} 2.0
caching_purges_total{outcome="failed"} 1.0
caching_hits_total{policy="post"} 77.0
"""


def test_django() -> None:
    found = django.read(METRICS, "web")
    assert found["web.requests"] == 40
    assert found["web.health_checks"] == 12
    assert found["web.scrapes"] == 0
    assert (found["web.queries"], found["web.queries_beside"]) == (350, 64)
    assert found["web.bucket_calls"] == 3
    assert (found["web.redis.trips"], found["web.redis.pings"]) == (45, 9)
    assert (found["web.redis.mget"], found["web.redis.ping"]) == (40, 9)
    assert found["web.purges"] == 3
    assert not any("policy" in name for name in found)


def test_a_process_that_has_counted_nothing_yet_says_0() -> None:
    assert set(django.read("", "relay").values()) == {0}


@pytest.mark.parametrize(
    ("name", "nanoseconds", "throttled"),
    [("engine-cgroup1.json", 1921670342, 0), ("engine-cgroup2.json", 1921670000, 350000000)],
)
def test_cpu_of_both_versions_of_control_groups(
    name: str, nanoseconds: int, throttled: int
) -> None:
    assert cpu.used(json.loads(recorded(name))) == cpu.Used(nanoseconds, throttled)


def test_an_engine_that_knows_of_no_throttling() -> None:
    assert cpu.used({"cpu_stats": {"cpu_usage": {"total_usage": 5}}}) == cpu.Used(5, 0)


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("1970-01-01T00:00:01.123456789Z", 1123),
        ("1970-01-01T01:00:01+01:00", 1000),
        ("2026-11-26T22:10:01.5Z", 1_795_731_001_500),
    ],
)
def test_when_a_container_was_started(text: str, milliseconds: int) -> None:
    assert cpu.started_ms({"State": {"StartedAt": text}}) == milliseconds


def test_the_machines_processors() -> None:
    stat = "cpu  1901309 295 767887 2413822 12316 0 94329 2093 0 0\ncpu0 933935 84 378268 1 2 0 4 5 0 0\n"
    found = machine.read(stat, ticks=100)
    assert found["machine.stolen_ms"] == 20930
    assert found["machine.all_ms"] == 10 * (1901309 + 295 + 767887 + 2413822 + 12316 + 94329 + 2093)


def test_a_text_that_is_none_of_linux() -> None:
    assert machine.read("", ticks=100) == {}
