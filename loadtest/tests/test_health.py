"""What the machine did while a run was made, from the texts of its kernel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bench.counters import Counters
from bench.measuring.health import Readers, Sampler, elsewhere, processors
from bench.measuring.processes import others_ms
from bench.result import Health
from fakes.stack import calm


class Machine:
    """Its figures change as a test says; the clocks go on by a second with every look."""

    def __init__(self) -> None:
        self.available = 4_000_000
        self.swapped = 0
        self.stalled = 0
        self.free = 2**34
        self.now = 100.0
        self.wall = 5000.0

    def proc(self, name: str) -> str | None:
        return {
            "meminfo": f"MemTotal: 8000000 kB\nMemAvailable:    {self.available} kB\n",
            "vmstat": f"nr_free_pages 7\npswpin {self.swapped}\npswpout {self.swapped}\n",
            "pressure/memory": f"some avg10=0.00 avg60=0.00 avg300=0.00 total={self.stalled}\n",
        }.get(name)

    def steady(self) -> float:
        self.now += 1.0
        self.wall += 1.0
        return self.now

    def readers(self) -> Readers:
        return Readers(self.proc, lambda _: self.free, lambda: self.wall + 1.0, self.steady, 4096)


def sampled(
    during: Callable[[Machine, Sampler], None], counts: dict[str, int] | None = None
) -> Health:
    machine = Machine()
    # An hour between two looks of its own: the test looks itself.
    sampler = Sampler(machine.readers(), ["/somewhere"], every=3600)
    with sampler:
        during(machine, sampler)
    return sampler.health(Counters({}, counts or {}))


def nothing(machine: Machine, sampler: Sampler) -> None:
    sampler.look()


def test_a_calm_machine() -> None:
    health = sampled(nothing)
    assert health.clock_jump_seconds == pytest.approx(0)
    assert health.memory_available_mib == pytest.approx(4_000_000 / 1024)
    assert health.swapped_mib == 0
    assert health.memory_stall_share == 0
    assert health.disk_free_mib == 2**14
    assert health.throttled_seconds == 0
    assert health.stolen_share is None


def test_the_least_memory_and_room_of_the_run_count() -> None:
    def tight(machine: Machine, sampler: Sampler) -> None:
        machine.available, machine.free = 100 * 1024, 2**20
        sampler.look()
        machine.available, machine.free = 4_000_000, 2**34

    health = sampled(tight)
    assert health.memory_available_mib == 100
    assert health.disk_free_mib == 1


def test_swapping_and_waiting_for_memory() -> None:
    def swap(machine: Machine, sampler: Sampler) -> None:
        machine.swapped += 256  # pages, each way
        machine.stalled += 500_000

    health = sampled(swap)
    assert health.swapped_mib == 2
    assert health.memory_stall_share is not None
    assert 0 < health.memory_stall_share < 1


@pytest.mark.parametrize("jump", [3.0, -3.0])
def test_a_clock_that_is_set_and_set_back(jump: float) -> None:
    def set_it(machine: Machine, sampler: Sampler) -> None:
        machine.wall += jump
        sampler.look()
        machine.wall -= jump

    assert sampled(set_it).clock_jump_seconds == pytest.approx(3.0)


def test_throttling() -> None:
    assert sampled(nothing, {"throttled.us": 2_500_000}).throttled_seconds == 2.5


def test_whose_time_it_was() -> None:
    counts = {"machine.all_ms": 20_000, "machine.others_ms": 2_000, "machine.stolen_ms": 1_000}
    assert processors(counts) == (0.05, 0.1)


def test_time_that_a_process_took_with_it_is_not_less_than_nothing() -> None:
    counts = {"machine.all_ms": 20_000, "machine.others_ms": -300, "machine.stolen_ms": 0}
    assert processors(counts) == (0, 0)


OURS, THEIRS = "a" * 64, "b" * 64

PROCESSES = {
    "1": ("systemd", 0, (100, 20, 3, 4), "0::/init.scope"),
    "2": ("kthreadd", 0, (1000, 1000, 0, 0), "0::/"),
    "17": ("ksoftirqd/0", 2, (0, 5000, 0, 0), "0::/"),
    "40": ("dockerd", 1, (700, 700, 700, 700), "0::/system.slice/docker.service"),
    "41": ("containerd-shim", 1, (70, 70, 700, 700), "0::/system.slice/docker.service"),
    "42": ("docker-compose", 50, (60, 60, 0, 0), "0::/user.slice"),
    "50": ("python3", 49, (500, 500, 50, 50), "0::/user.slice"),
    "60": ("varnishd", 41, (900, 900, 0, 0), f"0::/system.slice/docker-{OURS}.scope"),
    "61": ("varnishd", 41, (9, 9, 0, 0), f"12:cpuacct:/docker/{OURS}\n0::/"),
    "70": ("mysqld", 41, (5, 5, 0, 0), f"0::/system.slice/docker-{THEIRS}.scope"),
    "80": ("a (strange) name)", 1, (30, 10, 1, 2), "0::/user.slice"),
}


def test_processes_that_have_nothing_to_do_with_a_run(tmp_path: Path) -> None:
    for number, (name, parent, spent, groups) in PROCESSES.items():
        folder = tmp_path / number
        folder.mkdir()
        zeros = " 0" * 9
        times = " ".join(map(str, spent))
        (folder / "stat").write_text(f"{number} ({name}) S {parent}{zeros} {times} 20 0 1 0\n")
        (folder / "cgroup").write_text(groups + "\n")
    (tmp_path / "99").mkdir()  # it ended while it was looked at
    (tmp_path / "meminfo").write_text("MemTotal: 1 kB\n")
    # What the first process inherited may be a container's.
    expected = (100 + 20) + (5 + 5) + (30 + 10 + 1 + 2)
    assert others_ms(tmp_path, [OURS], own=50, ticks=100) == 10 * expected


def test_a_stack_that_is_not_on_this_machine_has_no_health_to_tell() -> None:
    sampler = Sampler(elsewhere(), ["/somewhere"], every=3600)
    with sampler:
        pass
    health = sampler.health(Counters())
    assert health.memory_available_mib is None
    assert health.disk_free_mib is None
    assert health.swapped_mib is None
    assert health.foreign_share is None


def test_a_kernel_without_psi() -> None:
    calm_one = calm()
    readers = replace(calm_one, proc=lambda name: None if "/" in name else calm_one.proc(name))
    sampler = Sampler(readers, [], every=3600)
    with sampler:
        pass
    assert sampler.health(Counters()).memory_stall_share is None


def test_it_looks_by_itself_and_ends_when_it_is_left() -> None:
    looks = []

    def free(_: str) -> int:
        looks.append(1)
        return 2**30

    sampler = Sampler(replace(calm(), free=free), ["/somewhere"], every=0.001)
    with sampler:
        while len(looks) < 5:
            pass
    seen = len(looks)
    assert sampler._thread is not None
    assert not sampler._thread.is_alive()
    assert len(looks) == seen
