"""What balancer.py writes of LAB_MICROCACHE; that nginx does it is the stack's test."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

PATH = Path(__file__).resolve().parents[1] / "balancer.py"
spec = spec_from_file_location("balancer", PATH)
assert spec is not None
assert spec.loader is not None
balancer = module_from_spec(spec)
spec.loader.exec_module(balancer)


def directives(seconds: str) -> list[str]:
    lines = balancer.microcache(seconds).splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_off_keeps_nothing() -> None:
    assert directives("0") == []


@pytest.mark.parametrize("seconds", ["1", "60"])
def test_on_keeps_for_so_long_what_is_everybodys_only(seconds: str) -> None:
    found = directives(seconds)
    assert f"proxy_cache_valid 200 {seconds}s;" in found
    assert "proxy_no_cache $microcache_asks_itself $microcache_not_public;" in found
    assert "proxy_cache_bypass $microcache_asks_itself;" in found
    assert all(line.endswith(";") for line in found)


@pytest.mark.parametrize("seconds", ["61", "-1", "1.5", "on", "²", "1s; proxy_pass http://x"])
def test_what_is_not_accepted_stops_it_at_the_start_with_one_line(seconds: str) -> None:
    done = subprocess.run(
        [sys.executable, str(PATH)],
        env={"LAB_MICROCACHE": seconds, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 2
    assert done.stderr == (
        f"balancer: LAB_MICROCACHE={seconds}: accepted values are whole numbers from 0 to 60\n"
    )
