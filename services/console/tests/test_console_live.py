"""The figures of a moment: rates, ratios, who is down, who is switched off, who asks whom."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping

import httpx2
import pytest

from console import live
from console.exposition import parse
from console.reader import Reader
from console.sources import SOURCES
from console.window import Reading, Window, ratio

SOURCES_ALL = re.compile("a ")
ON = {"LAB_EDGE_PAGES": "on", "LAB_EDGE_ASSETS": "on", "LAB_UPSTREAM": "redis"}
Json = dict[str, object]

# Each second a visitor's page takes so many steps on each counter.
TEXTS: Mapping[str, str] = {
    "varnish-exporter": """
# HELP varnish_main_cache_hit Cache hits
varnish_up 1
varnish_main_uptime {n}
varnish_main_cache_hit {n}e9
varnish_main_cache_miss {twice}
varnish_main_s_pass {n}
varnish_main_esi_req {n}
varnish_main_client_req {twice}e1
varnish_main_s_synth {n}e1
varnish_main_s_pipe 0
varnish_backend_req{{backend="site",server="unknown"}} {twice}
varnish_backend_req{{backend="store",server="unknown"}} {n}
""",
    # Prometheus reads now and then, and says when it did.
    "prometheus": """
# TYPE nginx_up untyped
nginx_up{{instance="nginx-exporter:9113",job="nginx"}} 1 {even}000
nginx_connections_active{{instance="nginx-exporter:9113",job="nginx"}} 8 {even}000
""",
    "10.0.0.1": """
django_http_requests_total{{group="reading",status="2xx"}} {n}
django_http_request_seconds_sum{{group="reading"}} {n}e-2
django_http_request_seconds_count{{group="reading"}} {n}
caching_commands_total{{server="redis",command="MGET"}} {twice}
counting_queries_total{{by="request"}} {twice}
""",
    "10.0.0.2": 'django_http_requests_total{{group="reading",status="2xx"}} {n}\n',
    "relay": "caching_outbox_pending 0\n",
    "redis-exporter": """
redis_up 1
redis_keyspace_hits_total {n}
redis_keyspace_misses_total {n}
redis_commands_processed_total {twice}
""",
    "memcached-exporter": 'memcached_up 1\nmemcached_commands_total{{command="get",status="hit"}} 7\n',
    "postgres-exporter": 'pg_up 1\npg_stat_database_xact_commit{{datname="lab"}} {twice}\n',
    "minio": 'minio_api_requests_total{{name="GetObject",type="s3"}} {n}\n',
    "containers-exporter": """
lab_service_cpu_seconds_total{{service="varnish"}} {n}e-1
lab_service_memory_bytes{{service="varnish"}} 1e+06
lab_service_containers{{service="varnish"}} 1
""",
}


class Stack:
    """Exporters whose counters stand at the second that it is; `down` give no answer, and `hangs` none in
    time."""

    def __init__(self) -> None:
        self.second = 100
        self.down: set[str] = set()
        self.hangs: set[str] = set()
        self.texts = dict(TEXTS)
        client = httpx2.AsyncClient(transport=httpx2.MockTransport(self._answer))
        self.reader = Reader(client, SOURCES, self._resolve, lambda: float(self.second))

    async def _answer(self, request: httpx2.Request) -> httpx2.Response:
        host = request.url.host
        if host in self.hangs:
            await asyncio.sleep(3600)
        if host in self.down or host not in self.texts:
            raise httpx2.ConnectError("nobody there", request=request)
        even = self.second // 2 * 2
        text = self.texts[host].format(n=self.second, twice=2 * self.second, even=even)
        return httpx2.Response(200, text=text)

    async def _resolve(self, name: str) -> list[str]:
        found = [a for a in ("10.0.0.1", "10.0.0.2") if a not in self.down]
        if not found:
            raise OSError("no such name")
        return found

    def after(self, seconds: int, toggles: Mapping[str, str] = ON) -> Json:
        """The message when so many seconds have passed."""

        async def passing() -> None:
            for _ in range(seconds):
                await self.reader.round()
                self.second += 1
            await self.reader.round()

        asyncio.run(passing())
        return live.message(self.reader, toggles, 1.0)


def service(message: Json, name: str) -> Json:
    services = message["services"]
    assert isinstance(services, list)
    return next(each for each in services if each["name"] == name)


def hop(message: Json, source: str, to: str) -> Json:
    hops = message["hops"]
    assert isinstance(hops, list)
    return next(each for each in hops if (each["from"], each["to"]) == (source, to))


def test_before_the_second_reading_nothing_is_said_of_rates() -> None:
    message = Stack().after(0)
    assert service(message, "varnish")["state"] == "up"
    assert service(message, "varnish")["requests"] is None
    assert service(message, "varnish")["hit_ratio"] is None
    assert hop(message, "varnish", "nginx")["rate"] is None


def test_rates_are_of_what_visitors_asked() -> None:
    message = Stack().after(8)
    varnish = service(message, "varnish")
    # Not by its own count of hits, which are looks into the cache, and without parts, which are passed.
    assert (varnish["requests"], varnish["hits"]) == (10, 8)
    assert (varnish["misses"], varnish["passes"]) == (2, 0)
    assert varnish["hit_ratio"] == pytest.approx(0.8)
    assert varnish["totals"] == {"hits": 864, "misses": 216, "passes": 0}
    assert (varnish["cpu"], varnish["memory"], varnish["containers"]) == (0.1, 1e6, 1)
    assert service(message, "readers")["requests"] == 10
    assert service(message, "nginx")["requests"] == 2
    assert service(message, "web")["requests"] == 2
    assert service(message, "web")["containers"] == 2
    assert service(message, "redis")["hit_ratio"] == 0.5
    assert service(message, "postgres")["requests"] == 2
    assert service(message, "minio")["requests"] == 1


def test_hops_are_in_the_order_of_the_path() -> None:
    message = Stack().after(6)
    assert [(each["from"], each["to"]) for each in message["hops"]] == [  # type: ignore[attr-defined]
        ("readers", "varnish"),
        ("varnish", "nginx"),
        ("varnish", "minio"),
        ("nginx", "web"),
        ("web", "redis"),
        ("web", "memcached"),
        ("web", "postgres"),
        ("web", "minio"),
    ]
    assert hop(message, "varnish", "nginx")["rate"] == 2
    assert hop(message, "varnish", "minio")["rate"] == 1
    assert hop(message, "web", "redis") == {
        "from": "web",
        "to": "redis",
        "rate": 2,
        "unit": "commands",
        "hit_ratio": 0.5,
        "open": False,
    }
    assert hop(message, "web", "memcached")["open"]
    # Nobody has called the bucket yet, which is known.
    assert hop(message, "web", "minio")["rate"] == 0


def test_a_cache_that_was_not_asked_has_no_ratio() -> None:
    assert service(Stack().after(6), "memcached")["hit_ratio"] is None


@pytest.mark.parametrize(
    ("toggles", "varnish", "redis", "memcached"),
    [
        ({}, "up", "up", "off"),
        ({"LAB_UPSTREAM": "memcached"}, "up", "off", "up"),
        ({"LAB_UPSTREAM": "local"}, "up", "off", "off"),
        ({"LAB_UPSTREAM": "off", "LAB_EDGE_PAGES": "off"}, "up", "off", "off"),
        ({"LAB_EDGE_PAGES": "off", "LAB_EDGE_ASSETS": "off"}, "off", "up", "off"),
    ],
)
def test_what_is_switched_off_is_off_and_its_hop_open(
    toggles: dict[str, str], varnish: str, redis: str, memcached: str
) -> None:
    message = Stack().after(1, {**ON, **toggles})
    for source, name, state in (
        ("readers", "varnish", varnish),
        ("web", "redis", redis),
        ("web", "memcached", memcached),
    ):
        assert service(message, name)["state"] == state
        assert hop(message, source, name)["open"] == (state == "off")


@pytest.mark.parametrize(
    ("name", "exporter", "dead"),
    [
        ("nginx", "prometheus", "nginx_up 0 {even}000\n"),
        ("redis", "redis-exporter", "redis_up 0\n"),
        ("memcached", "memcached-exporter", "memcached_up 0\n"),
        ("postgres", "postgres-exporter", "pg_up 0\n"),
        ("varnish", "varnish-exporter", "varnish_up 0\n"),
    ],
)
def test_a_server_that_its_exporter_finds_dead_is_down(name: str, exporter: str, dead: str) -> None:
    stack = Stack()
    assert service(stack.after(6), name)["state"] != "down"
    stack.texts[exporter] = dead
    found = service(stack.after(2), name)
    assert found["state"] == "down"
    assert (found["requests"], found["hit_ratio"], found["more"]) == (None, None, [])
    stack.texts[exporter] = TEXTS[exporter]
    assert service(stack.after(8), name)["state"] != "down"


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("varnish", "varnish-exporter"),
        ("redis", "redis-exporter"),
        ("minio", "minio"),
    ],
)
def test_who_gives_no_answer_is_down(name: str, host: str) -> None:
    stack = Stack()
    stack.after(6)
    stack.down = {host}
    assert service(stack.after(3), name)["state"] == "down"


@pytest.mark.parametrize("lost", [True, False])
def test_where_prometheus_tells_nothing_of_nginx_nothing_is_known_of_it(lost: bool) -> None:
    stack = Stack()
    stack.after(6)
    if lost:
        stack.down = {"prometheus"}
    else:
        stack.texts["prometheus"] = "# EOF\n"
    found = service(stack.after(2), "nginx")
    assert found["state"] == "unknown"
    assert found["requests"] == 2  # Varnish's count


def test_a_replica_that_hangs_holds_up_none_of_the_others() -> None:
    stack = Stack()
    stack.after(6)
    stack.hangs = {"10.0.0.2"}
    stack.texts["10.0.0.1"] = TEXTS["10.0.0.1"].replace("{n}", "{twice}")
    message = stack.after(8)
    assert service(message, "web")["state"] == "up"
    assert hop(message, "web", "redis")["rate"] == 2
    first = stack.reader.windows["web"].by_server("django_http_requests_total")["10.0.0.1:8000"]
    assert first == 2 * stack.second, "the other one was read this second"


def test_a_varnish_whose_clock_stands_still_is_down() -> None:
    """Its counters stay in shared memory when it has been killed or paused."""
    stack = Stack()
    stack.after(6)
    dead = TEXTS["varnish-exporter"].replace("{n}", "106").replace("{twice}", "212")
    stack.texts["varnish-exporter"] = dead
    assert service(stack.after(6), "varnish")["state"] == "down"


def test_replicas_that_go_turn_no_rate_back() -> None:
    stack = Stack()
    stack.after(6)
    stack.down = {"10.0.0.2"}
    message = stack.after(6)
    assert service(message, "web")["requests"] == 1
    assert service(message, "web")["containers"] == 1
    stack.down = {"10.0.0.1", "10.0.0.2"}
    assert service(stack.after(1), "web")["state"] == "down"


def test_locust_is_there_while_it_runs() -> None:
    stack = Stack()
    stack.texts["locust"] = "locust_users 8\nlocust_requests_total {n}\n"
    names = [each["name"] for each in stack.after(3)["services"]]  # type: ignore[attr-defined]
    assert "locust" not in names
    stack.texts["containers-exporter"] = 'lab_service_containers{{service="locust"}} 1\n'
    assert service(stack.after(6), "locust")["requests"] == 1


def test_an_answer_that_is_no_metrics_is_none() -> None:
    stack = Stack()
    stack.texts["redis-exporter"] = "redis_up one\n"
    assert service(stack.after(2), "redis")["state"] == "down"


def test_a_counter_that_went_back_began_anew() -> None:
    window = Window(5.0)
    for at, text in enumerate(["a 100", "a 110", "a 4"]):
        window.add("s", Reading(at, parse(text + "\n", SOURCES_ALL)))
    assert window.rate("a") == pytest.approx((10 + 4) / 2)


def test_a_window_holds_its_seconds() -> None:
    window = Window(5.0)
    for at in range(60):
        window.add("s", Reading(at, parse(f"a {at * at}\n", SOURCES_ALL)))
    assert window.rate("a") == pytest.approx((59 * 59 - 54 * 54) / 5)


def test_a_ratio_of_nothing_is_none() -> None:
    assert ratio(0.0, 0.0) is None
    assert ratio(None, 1.0) is None
    assert ratio(1.0, 3.0) == 0.25
