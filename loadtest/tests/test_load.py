"""What the benchmark tells the driver to do, and which cores the load gets."""

from __future__ import annotations

import json
import sys
from typing import Any

import msgspec
import pytest

from bench.counters import Counters
from bench.load import JOIN_PORT, LoadFailed, LocustInContainer
from bench.result import Plan, Variant, Visits
from bench.stack import cores_for
from users.mixes import parse

PLAN = Plan(
    name="chosen",
    variants=(
        Variant("none", "Nothing is cached.", {}, Visits(mix="readers", users=16, pages=80)),
    ),
    baseline="none",
    rounds=1,
    warm=8,
    measure=10,
    seed=1,
)


def option(command: list[str], name: str) -> str:
    return command[command.index(name) + 1]


def command(visits: Visits, await_workers: int = 0, **plan: Any) -> list[str]:
    generator = LocustInContainer(await_workers=await_workers, site_port=9000)
    return generator.command(msgspec.structs.replace(PLAN, **plan), visits, seed=1002)


def test_a_closed_loop_has_users() -> None:
    told = command(PLAN.variants[0].visits, workers=3)
    assert option(told, "--users") == "16"
    assert "--rate" not in told
    assert option(told, "--workers") == "3"
    assert option(told, "--seed") == "1002"
    assert option(told, "--pages") == "80"


def test_an_open_loop_has_a_rate_and_the_drivers_own_seats() -> None:
    told = command(Visits(mix="readers", users=16, rate=37.5))
    assert option(told, "--rate") == "37.5"
    assert "--users" not in told


def test_a_mix_of_ones_own_arrives_to_the_last_digit() -> None:
    mix = {"reader": 76.0, "member": 1 / 3}
    assert parse(option(command(Visits(mix=mix, users=1)), "--mix")) == mix


def test_workers_of_other_machines_join_on_the_loopback_address_alone() -> None:
    told = command(PLAN.variants[0].visits, await_workers=2)
    assert option(told, "--publish") == f"127.0.0.1:{JOIN_PORT}:{JOIN_PORT}"
    assert option(told, "--await-workers") == "2"
    assert told.index("--publish") < told.index("locust") < told.index("--await-workers")
    assert "--publish" not in command(PLAN.variants[0].visits)
    said = LocustInContainer(await_workers=2, site_port=9000).joining()
    assert f"load-worker localhost:{JOIN_PORT} http://localhost:9000" in said


@pytest.mark.parametrize(
    ("cores", "workers", "stack", "load"),
    [
        (2, 1, "0", "1"),
        (2, 4, "0", "1"),
        (4, 1, "0-2", "3"),
        (4, 2, "0-1", "2-3"),
        (8, 3, "0-4", "5-7"),
        (9, 9, "0-4", "5-8"),
        # All workers are on other machines.
        (4, 0, "0-2", "3"),
    ],
)
def test_each_worker_has_a_core_but_the_load_never_more_than_half(
    cores: int, workers: int, stack: str, load: str
) -> None:
    assert cores_for(cores, workers) == (stack, load)


OPEN_LOOP = {
    "event": "result",
    "requests": 90,
    "failures": 0,
    "requests_per_second": 9.0,
    "elapsed": 10.0,
    "rate": 10.0,
    "starts": 100,
    "missed": 10,
    "late_ms": {"min": 0.1, "median": 0.8, "p95": 1.4, "p99": 2.0, "max": 900.0},
    "workers": [{"name": "local-1", "core_share": 0.1, "requests": 90}],
    "seconds": [{"at": 0, "requests": 90, "failures": 0, "p99_ms": None}],
}


class Scripted(LocustInContainer):
    """A driver that says what it is told to, and waits for the go-ahead after `starting` and `warm`."""

    def __init__(self, *events: dict[str, Any], **options: Any) -> None:
        super().__init__(**options)
        self.events = events

    def command(self, plan: Plan, visits: Visits, seed: int) -> list[str]:
        script = """
import json, sys
for event in json.loads(sys.argv[1]):
    print(json.dumps(event), flush=True)
    if event["event"] in ("starting", "warm"):
        sys.stdin.readline()
"""
        return [sys.executable, "-c", script, json.dumps(self.events)]

    def stop(self) -> None:
        """There is no container to remove."""
        if self._process:
            self._process.communicate(timeout=10)
            self._process = None


def test_an_open_loop_is_followed_to_its_result() -> None:
    told: list[object] = []
    events = [{"event": name} for name in ("starting", "awaiting", "warming", "warm", "measuring")]
    generator = Scripted(*events, OPEN_LOOP, await_workers=1, said=told.append)

    def snapshot(ending: bool) -> Counters:
        told.append(ending)
        return Counters(counts={"ending": int(ending)})

    load, before, after = generator.run(PLAN, PLAN.variants[0].visits, 1, snapshot)
    assert (before.counts["ending"], after.counts["ending"]) == (0, 1)
    assert told == [generator.joining(), False, True]
    assert (load.rate, load.starts, load.missed) == (10.0, 100, 10)
    assert load.late_ms.max == 900
    assert load.workers[0].core_share == 0.1
    assert load.seconds[0].requests == 90


@pytest.fixture
def no_docker(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Containers that were to be removed."""
    removed: list[str] = []
    monkeypatch.setattr(LocustInContainer, "_remove", lambda self: removed.append(self.container))
    return removed


class Ends(LocustInContainer):
    """A driver that says these and ends at once, or waits for ever."""

    def __init__(self, *events: dict[str, Any], waits: bool = False) -> None:
        super().__init__()
        self.events, self.waits = events, waits

    def command(self, plan: Plan, visits: Visits, seed: int) -> list[str]:
        said = "".join(f"{json.dumps(event)}\n" for event in self.events)
        script = "import sys, time; print(sys.argv[1], end='', flush=True); time.sleep(float(sys.argv[2]))"
        return [sys.executable, "-c", script, said, "600" if self.waits else "0"]


def test_a_driver_that_ended_before_it_was_told_to_go_on_says_why(no_docker: list[str]) -> None:
    generator = Ends({"event": "starting"}, {"event": "error", "reason": "out of memory"})
    generator.begin(PLAN, PLAN.variants[0].visits, 1)
    assert generator._process
    generator._process.wait(timeout=30)
    with pytest.raises(LoadFailed, match="out of memory"):
        generator.run(PLAN, PLAN.variants[0].visits, 1, lambda ending: Counters())
    assert no_docker == [], "it ended by itself"


def test_what_has_begun_is_ended_with_its_container_also_where_that_comes_late(
    no_docker: list[str],
) -> None:
    generator = Ends({"event": "starting"}, waits=True)
    generator.begin(PLAN, PLAN.variants[0].visits, 1)
    process = generator._process
    assert process
    generator.stop()
    assert process.poll() is not None
    assert no_docker == [generator.container] * 2, "before its client has ended, and after"


def test_what_has_begun_is_gone_on_with() -> None:
    generator = Scripted({"event": "starting"}, {"event": "warm"}, OPEN_LOOP)
    visits = PLAN.variants[0].visits
    generator.begin(PLAN, visits, 1)
    begun = generator._process
    followed: list[object] = []

    def snapshot(ending: bool) -> Counters:
        followed.append(generator._process)
        return Counters()

    generator.run(PLAN, visits, 1, snapshot)
    assert followed == [begun, begun]
    generator.stop()


def test_what_has_begun_otherwise_is_ended_first() -> None:
    generator = Scripted({"event": "starting"}, {"event": "warm"}, OPEN_LOOP)
    visits = PLAN.variants[0].visits
    generator.begin(PLAN, visits, 1)
    begun = generator._process
    assert begun is not None
    generator.run(PLAN, visits, 2, lambda ending: Counters())
    assert begun.poll() is not None


def test_a_driver_that_ends_while_counters_are_read_says_why() -> None:
    generator = Scripted({"event": "warm"}, {"event": "error", "reason": "out of memory"})
    script = """
import json, sys
for event in json.loads(sys.argv[1]):
    print(json.dumps(event), flush=True)
"""
    told = generator.command(PLAN, PLAN.variants[0].visits, 1)
    told[2] = script

    def snapshot(ending: bool) -> Counters:
        assert generator._process is not None
        generator._process.wait(timeout=10)
        return Counters()

    generator.command = lambda *_: told  # type: ignore[method-assign]
    with pytest.raises(LoadFailed, match="out of memory"):
        generator.run(PLAN, PLAN.variants[0].visits, 1, snapshot)


def test_what_the_driver_could_not_do_is_said() -> None:
    generator = Scripted({"event": "error", "reason": "local-2 ended with -9"})
    with pytest.raises(LoadFailed, match="local-2 ended with -9"):
        generator.run(PLAN, PLAN.variants[0].visits, 1, lambda ending: Counters())
