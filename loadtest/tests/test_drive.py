"""The driver against a little site: its events, its counts, its failures, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fakes.magazine import little_magazine
from fakes.site import little_site

LOADTEST = Path(__file__).resolve().parents[1]


def driver(host: str, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "users.drive", "--host", host, "--users", "2", *options]
    return subprocess.Popen(
        command,
        env={**os.environ, "PYTHONPATH": str(LOADTEST)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def drive(host: str, *options: str) -> list[dict[str, Any]]:
    process = driver(host, "--warm", "0.3", "--measure", "0.5", *options)
    said, _ = process.communicate("go\n", timeout=50)
    return [json.loads(line) for line in said.splitlines()]


def test_it_warms_then_measures_then_tells_all() -> None:
    with little_site() as host:
        *before, result = drive(host, "--handshake")
    assert [event["event"] for event in before] == ["starting", "warming", "warm", "measuring"]
    assert result["failures"] == 0
    assert result["requests"] == sum(kind["ok"] for kind in result["kinds"].values()) > 20
    assert result["requests"] == sum(result["histogram_us"].values())
    assert result["elapsed"] == pytest.approx(0.5, abs=0.3)
    assert 0 < result["core_share"] <= 1.2
    assert result["drained"]
    assert not result["interrupted"]
    assets = sum(kind["ok"] for name, kind in result["kinds"].items() if name.startswith("asset/"))
    assert 0.15 < assets / result["requests"] < 0.35


def test_an_error_is_a_failure_with_its_reason_and_has_no_latency() -> None:
    with little_site(broken=("/wire/",), swapped=("/tags/",)) as host:
        result = drive(host)[-1]
    assert result["failures"] > 0
    assert "page/tag: wrong page: its marker is missing" in result["reasons"]
    assert result["kinds"]["page/tag"]["ok"] == 0
    assert result["kinds"]["page/tag"]["latency_ms"] == {}


def test_a_site_that_is_not_there_is_an_error_in_one_line() -> None:
    process = driver("http://127.0.0.1:9", "--warm", "0")
    said, _ = process.communicate(timeout=50)
    assert json.loads(said.splitlines()[-1])["event"] == "error"
    assert process.returncode == 1


def test_term_ends_it_with_what_was_measured_until_then() -> None:
    with little_site() as host:
        process = driver(host, "--warm", "0.2", "--measure", "600")
        assert process.stdout
        for line in process.stdout:
            if "measuring" in line:
                process.send_signal(signal.SIGTERM)
                break
        said, _ = process.communicate(timeout=50)
    result = json.loads(said.splitlines()[-1])
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


def test_without_sampling_nothing_is_written_and_it_says_so() -> None:
    with little_magazine() as magazine:
        truth = drive(magazine.address, "--truth", "0")[-1]["truth"]
    assert truth["problem"] == "sampling was switched off (--truth 0)"
    assert not magazine.comments


def test_a_rate_of_writes_that_is_none_is_refused() -> None:
    process = driver("http://127.0.0.1:9", "--truth", "-1")
    process.communicate(timeout=50)
    assert process.returncode == 2
