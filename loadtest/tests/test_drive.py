"""The driver against a little site: its events, its counts, its failures, and how it ends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from random import Random
from typing import Any

import psutil
import pytest

from fakes.magazine import little_magazine
from fakes.site import POSTS, Stall, little_site
from users.arrivals import poisson

LOADTEST = Path(__file__).resolve().parents[1]

Json = dict[str, Any]

STARTED: list[subprocess.Popen[str]] = []


def driver(*options: str, where: Path = LOADTEST) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "users.drive", *options],
        env={**os.environ, "PYTHONPATH": str(where)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    STARTED.append(process)
    return process


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """A test that fails leaves no load behind."""
    yield
    while STARTED:
        process = STARTED.pop()
        if process.poll() is None:
            workers = psutil.Process(process.pid).children()
            for each in (process, *workers):
                each.kill()
        process.communicate()


def drive(host: str, *options: str) -> list[Json]:
    defaults = ("--users", "2", "--warm", "0.3", "--measure", "0.5")
    process = driver("--host", host, *defaults, *options)
    said, _ = process.communicate("go\ngo\n", timeout=100)
    return [json.loads(line) for line in said.splitlines()]


def until(process: subprocess.Popen[str], event: str) -> Json:
    """The event of that name, as soon as it comes."""
    assert process.stdout
    for line in process.stdout:
        told: Json = json.loads(line)
        if told["event"] == event:
            return told
    raise AssertionError(f"it ended without {event}")


def last(process: subprocess.Popen[str]) -> Json:
    said, _ = process.communicate(timeout=100)
    told: Json = json.loads(said.splitlines()[-1])
    return told


def slower_than(result: Json, milliseconds: float) -> int:
    return sum(
        count for edge, count in result["histogram_us"].items() if int(edge) > milliseconds * 1000
    )


def test_it_warms_then_measures_then_tells_all() -> None:
    with little_site() as host:
        *before, result = drive(host, "--handshake")
    assert [event["event"] for event in before] == ["starting", "warming", "warm", "measuring"]
    assert result["failures"] == 0
    assert result["requests"] == sum(kind["ok"] for kind in result["kinds"].values()) > 20
    assert result["requests"] == sum(result["histogram_us"].values())
    assert result["requests"] == sum(second["requests"] for second in result["seconds"])
    assert result["elapsed"] == pytest.approx(0.5, abs=0.3)
    assert 0 < result["core_share"] <= 1.2
    assert [worker["requests"] for worker in result["workers"]] == [result["requests"]]
    assert result["rate"] is None
    assert result["starts"] == result["missed"] == 0
    assert result["drained"]
    assert not result["interrupted"]
    assets = sum(kind["ok"] for name, kind in result["kinds"].items() if name.startswith("asset/"))
    assert 0.15 < assets / result["requests"] < 0.35


def test_it_asks_for_nothing_before_it_is_told_to() -> None:
    with little_magazine() as site:
        process = driver("--host", site.address, "--handshake")
        said, _ = process.communicate("", timeout=100)
        assert site.asked == []
    told = [json.loads(line) for line in said.splitlines()]
    assert [event["event"] for event in told] == ["starting", "error"]
    assert "nobody said that the site is there" in told[-1]["reason"]
    assert process.returncode == 1


def test_term_ends_it_while_it_waits_to_be_told() -> None:
    with little_magazine() as site:
        process = driver("--host", site.address, "--handshake")
        until(process, "starting")
        process.send_signal(signal.SIGTERM)
        assert last(process)["event"] == "error"
        assert process.returncode == 1
        assert site.asked == []


def test_one_line_is_one_go_ahead() -> None:
    with little_site() as host:
        process = driver("--host", host, "--users", "2", "--warm", "0.3", "--handshake")
        said, _ = process.communicate("go\n", timeout=100)
    told = [json.loads(line) for line in said.splitlines()]
    assert [event["event"] for event in told] == ["starting", "warming", "warm", "result"]
    assert told[-1]["interrupted"]
    assert told[-1]["requests"] == 0


def test_an_error_is_a_failure_with_its_reason_and_has_no_latency() -> None:
    with little_site(broken=("/wire/",), swapped=("/tags/",)) as host:
        result = drive(host)[-1]
    assert result["failures"] > 0
    assert "page/tag: wrong page: its marker is missing" in result["reasons"]
    assert result["kinds"]["page/tag"]["ok"] == 0
    assert result["kinds"]["page/tag"]["latency_ms"] == {}


def test_a_mix_of_ones_own() -> None:
    with little_site() as host:
        result = drive(host, "--mix", "crawler=3,feedreader=1")[-1]
    assert set(result["kinds"]) == {"page/crawled", "feed/atom"}


def test_a_site_that_is_not_there_is_an_error_in_one_line() -> None:
    process = driver("--host", "http://127.0.0.1:9", "--warm", "0")
    assert last(process)["event"] == "error"
    assert process.returncode == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--mix", "reders"), "there is no mix 'reders': accepted are readers"),
        (("--mix", "reader=x"), "accepted is kind=weight"),
        (("--rate", "0"), "accepted are numbers above 0"),
        (("--rate", "nan"), "accepted are numbers above 0"),
        (("--users", "0"), "accepted are whole numbers from 1"),
        (("--users", "1", "--workers", "2"), "accepted: --users from the number of workers"),
        (("--workers", "0"), "accepted: --workers from 1"),
        (("--warm", "-1"), "accepted are numbers from 0"),
        (("--join", "host:port"), "accepted is HOST or HOST:PORT"),
    ],
)
def test_what_is_not_accepted_is_said_in_one_line(options: tuple[str, ...], said: str) -> None:
    process = driver("--host", "http://127.0.0.1:9", *options)
    out, errors = process.communicate(timeout=50)
    assert process.returncode == 2
    assert said in errors
    assert errors.count("\n") == 1
    assert out == ""


def test_term_ends_it_with_what_was_measured_until_then() -> None:
    with little_site() as host:
        process = driver("--host", host, "--warm", "0.2", "--measure", "600", "--users", "2")
        until(process, "measuring")
        process.send_signal(signal.SIGTERM)
        result = last(process)
    assert result["event"] == "result"
    assert result["interrupted"]
    assert result["elapsed"] < 20


def test_what_is_sampled_is_told_beside_the_load_and_not_while_it_counts() -> None:
    with little_magazine() as magazine:
        *_, result = drive(magazine.address, "--truth", "20")
    truth = result["truth"]
    assert truth["writes"] == sum(map(len, magazine.comments.values())) > 0
    assert truth["checked"] > 0
    assert (truth["stale"], truth["leaks"], truth["problem"]) == (0, 0, "")
    assert "truth/write" not in result["kinds"]
    assert result["failures"] == 0
    assert result["drained"]


def test_a_page_that_stays_stale_is_followed_while_it_counts_and_is_no_part_of_the_load() -> None:
    with little_magazine(stale_reads=10**6) as magazine:
        *_, result = drive(magazine.address, "--truth", "20", "--measure", "2.5")
    truth, kinds = result["truth"], result["kinds"]
    assert truth["stale"] > 0
    assert truth["still_stale"] > 0
    assert kinds["truth/read"]["ok"] > 0
    assert "truth/write" not in kinds
    load = sum(kind["ok"] for name, kind in kinds.items() if not name.startswith("truth/"))
    assert result["requests"] == load == sum(result["histogram_us"].values())


def test_what_the_sampler_ended_is_asked_for_before_anything_counts() -> None:
    with little_magazine() as magazine:
        # A crowd that asks for one post, and for no list.
        *_, result = drive(magazine.address, "--truth", "20", "--mix", "flashcrowd=1")
    asked = [(method, path) for method, path, _ in magazine.asked]
    last = max(i for i, (_, path) in enumerate(asked) if path.endswith("comment"))
    later = [path for method, path in asked[last:] if method == "GET"]
    assert {"/", "/feed.atom", "/wire/", "/tags/linux/", *magazine.comments} <= {*later}
    assert "page/primed" not in result["kinds"]


def test_a_warm_up_that_is_too_short_tells_how_many_pages_it_left() -> None:
    with little_site() as host:
        assert drive(host, "--warm", "0")[-1]["unprimed"] == len(POSTS) + 4
        assert drive(host, "--warm", "5")[-1]["unprimed"] == 0


def test_without_sampling_nothing_is_written_and_it_says_so() -> None:
    with little_magazine() as magazine:
        truth = drive(magazine.address, "--truth", "0")[-1]["truth"]
    assert truth["problem"] == "sampling was switched off (--truth 0)"
    assert not magazine.comments


def test_a_rate_of_writes_that_is_none_is_refused() -> None:
    process = driver("http://127.0.0.1:9", "--truth", "-1")
    process.communicate(timeout=50)
    assert process.returncode == 2


# --- the open loop --------------------------------------------------------------------------------


def due(rate: float, seconds: float, seed: int = 1, worker: int = 0) -> int:
    """How many visits one worker has in a measurement."""
    times = poisson(rate, Random(f"{seed} arrivals {worker} measuring"))
    return sum(1 for _ in takewhile(lambda at: at < seconds, times))


def stalled(seconds: float, *options: str) -> Json:
    """The result of a run whose site answers nobody for so long, from the first moment that counts."""
    stall = Stall()
    with little_site(stall=stall) as host:
        process = driver("--host", host, "--warm", "0.5", "--mix", "crawler", *options)
        until(process, "measuring")
        stall.begin()
        time.sleep(seconds)
        stall.end()
        return last(process)


def test_visits_begin_at_the_rate_whatever_the_seats() -> None:
    with little_site() as host:
        result = drive(host, "--rate", "30", "--users", "50", "--measure", "2", "--mix", "crawler")[
            -1
        ]
    assert result["rate"] == 30
    assert result["starts"] == due(30, 2) == result["requests"] + result["missed"]
    assert result["missed"] <= 1  # one that is due in the last moment
    assert result["late_ms"]["min"] >= 0


@pytest.mark.parametrize("seats", ["1", "64"])
def test_a_stall_shows_in_the_latency_of_everybody_who_was_due_meanwhile(seats: str) -> None:
    # Whether they wait for a seat or for their answer makes no difference.
    result = stalled(1.2, "--rate", "40", "--users", seats, "--measure", "3")
    assert result["starts"] == due(40, 3)
    assert slower_than(result, 500) > 15
    if seats == "1":
        assert result["late_ms"]["max"] > 500


def test_a_closed_loop_shows_one_slow_request_for_each_seat() -> None:
    result = stalled(1.2, "--users", "2", "--measure", "3")
    assert slower_than(result, 500) <= 2
    assert result["requests"] > 100


def test_who_had_not_begun_when_it_ended_was_missed() -> None:
    result = stalled(1.6, "--rate", "40", "--users", "1", "--measure", "1")
    assert result["starts"] == due(40, 1)
    assert result["missed"] == result["starts"] - result["requests"] > 20
    assert result["late_ms"] != {}


# --- several workers ------------------------------------------------------------------------------


@pytest.fixture
def free_port() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = str(listener.getsockname()[1])
    return port


def test_two_workers_make_one_load() -> None:
    options = ("--workers", "2", "--rate", "40", "--users", "50", "--measure", "2", "--handshake")
    with little_site() as host:
        *before, result = drive(host, *options, "--mix", "crawler")
    assert [event["event"] for event in before] == ["starting", "warming", "warm", "measuring"]
    assert [worker["name"] for worker in result["workers"]] == ["local-1", "local-2"]
    assert result["core_share"] >= max(worker["core_share"] for worker in result["workers"])
    assert result["requests"] == sum(worker["requests"] for worker in result["workers"])
    assert result["requests"] == sum(result["histogram_us"].values())
    assert result["starts"] == due(20, 2, worker=0) + due(20, 2, worker=1)
    assert result["drained"]
    assert not result["interrupted"]


def test_the_pages_that_workers_left_are_added_up() -> None:
    with little_site() as host:
        options = ("--workers", "2", "--users", "4", "--measure", "1")
        assert drive(host, *options, "--warm", "0")[-1]["unprimed"] == len(POSTS) + 4
        assert drive(host, *options, "--warm", "5")[-1]["unprimed"] == 0


def test_term_ends_workers_too() -> None:
    with little_site() as host:
        options = ("--warm", "0.2", "--measure", "600", "--users", "4", "--workers", "2")
        process = driver("--host", host, *options)
        until(process, "measuring")
        workers = psutil.Process(process.pid).children()
        time.sleep(1)  # they were told to measure, and have begun to
        process.send_signal(signal.SIGTERM)
        result = last(process)
    assert result["interrupted"]
    assert result["requests"] > 0
    assert len(workers) == 2
    assert not any(worker.is_running() for worker in workers)


def test_a_worker_that_dies_ends_the_run_and_is_named() -> None:
    with little_site() as host:
        options = ("--warm", "0.2", "--measure", "600", "--users", "4", "--workers", "2")
        process = driver("--host", host, *options)
        until(process, "measuring")
        one, other = psutil.Process(process.pid).children()
        one.kill()
        told = last(process)
    assert told["event"] == "error"
    assert "ended with -9 before the run was over" in told["reason"]
    assert process.returncode == 1
    assert not other.is_running()


def test_workers_of_other_machines_join_if_they_are_wanted_and_the_same(
    free_port: str, tmp_path: Path
) -> None:
    other = tmp_path / "loadtest"
    shutil.copytree(LOADTEST / "users", other / "users")
    (other / "users" / "changed.py").write_text('"""Another revision."""\n')
    with little_site() as host:
        # From inside a container the site has another address than from outside.
        options = ("--workers", "1", "--await-workers", "1", "--port", free_port, "--users", "4")
        process = driver("--host", host, "--warm", "0.5", "--measure", "2", *options)
        told = until(process, "awaiting")
        assert told["workers"] == 1
        assert f":{free_port}" in told["join"]
        join = ("--join", f"127.0.0.1:{free_port}", "--name", "elsewhere", "--host", f"{host}/")
        refused = last(driver(*join, where=other))
        assert "another revision" in refused["reason"]
        helper = driver(*join)
        result = last(process)
        assert last(helper)["event"] == "left"
    assert result["event"] == "result", result
    assert [worker["name"] for worker in result["workers"]] == ["elsewhere", "local-1"]
    assert all(worker["requests"] > 0 for worker in result["workers"])
    assert helper.returncode == 0


def test_a_port_that_is_in_use_is_said_in_one_line(free_port: str) -> None:
    with socket.socket() as listener, little_site() as host:
        listener.bind(("0.0.0.0", int(free_port)))
        listener.listen()
        process = driver("--host", host, "--await-workers", "1", "--port", free_port)
        told = last(process)
    assert told == {
        "event": "error",
        "reason": f"port {free_port} is in use: choose another with --port",
    }
