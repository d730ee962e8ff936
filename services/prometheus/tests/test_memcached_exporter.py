"""The exporter against a Memcached of a few lines, over real sockets."""

from collections.abc import Iterator
from http.client import HTTPConnection
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

import pytest

from exporters.exposition import Exporter, exposition
from exporters.memcached import collect, metrics

STATS = (
    b"STAT version 1.6.38\r\nSTAT uptime 7\r\nSTAT curr_items 3\r\nSTAT bytes 1024\r\n"
    b"STAT get_hits 90\r\nSTAT get_misses 10\r\nSTAT cmd_set 12\r\nSTAT evictions 4\r\nEND\r\n"
)


class Memcached(StreamRequestHandler):
    answer = STATS

    def handle(self) -> None:
        assert self.rfile.readline() == b"stats\r\n"
        self.wfile.write(self.answer)


@pytest.fixture
def memcached() -> Iterator[tuple[str, int]]:
    with ThreadingTCPServer(("127.0.0.1", 0), Memcached) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield ("127.0.0.1", server.server_address[1])
        server.shutdown()


def page(host: str, port: int) -> str:
    return exposition(collect(host, port))


def test_counters_come_under_the_names_that_dashboards_know(memcached: tuple[str, int]) -> None:
    lines = page(*memcached).splitlines()
    assert "memcached_up 1" in lines
    assert 'memcached_commands_total{command="get",status="hit"} 90' in lines
    assert 'memcached_commands_total{command="get",status="miss"} 10' in lines
    assert "memcached_items_evicted_total 4" in lines
    assert 'memcached_version{version="1.6.38"} 1' in lines


def test_every_family_has_help_and_type_and_counters_end_in_total(
    memcached: tuple[str, int],
) -> None:
    lines = page(*memcached).splitlines()
    helps = [line.split()[2] for line in lines if line.startswith("# HELP")]
    types = [line.split()[2:] for line in lines if line.startswith("# TYPE")]
    assert helps == [name for name, _ in types]
    counters = {name for name, kind in types if kind == "counter"}
    assert all(name.endswith(("_total", "_seconds")) for name in counters)


def test_large_counters_keep_every_digit() -> None:
    text = exposition(metrics({"bytes_read": "123456789012345"}))
    assert "memcached_read_bytes_total 123456789012345" in text.splitlines()


def test_a_label_cannot_break_out_of_its_quotes() -> None:
    text = exposition(metrics({"version": '1"} evil 1\\'}))
    assert 'memcached_version{version="1\\"} evil 1\\\\"} 1' in text.splitlines()


def test_a_memcached_that_is_down_is_up_0_and_not_an_error() -> None:
    assert page("127.0.0.1", 1).splitlines()[-1] == "memcached_up 0"


@pytest.mark.parametrize("answer", [b"ERROR\r\n", b"STAT uptime 7\r\n", b"", b"\xff\xfe\r\n"])
def test_nonsense_is_up_0(
    answer: bytes, memcached: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Memcached, "answer", answer)
    assert page(*memcached).splitlines()[-1] == "memcached_up 0"


def test_it_serves_metrics_on_a_kept_connection(memcached: tuple[str, int]) -> None:
    with Exporter(("127.0.0.1", 0), lambda: collect(*memcached)) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        connection = HTTPConnection("127.0.0.1", server.server_address[1], timeout=5)
        for path, status in (("/metrics", 200), ("/up", 200), ("/else", 404)):
            connection.request("GET", path)
            response = connection.getresponse()
            body = response.read()
            assert response.status == status
            assert path != "/metrics" or b"memcached_up 1" in body
        connection.close()
        server.shutdown()
