"""What the machine did while a run was made, from the texts of its kernel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bench.counters import Counters
from bench.measuring.health import Readers, Sampler, elsewhere, processors
from bench.result import Health, Load
from fakes.stack import calm

LOAD = Load(requests=1, failures=0, requests_per_second=1, elapsed=10, cpu_seconds=4.0)


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
    return sampler.health(Counters({"web": 6_000_000_000}, counts or {}), LOAD)


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
    counts = {"machine.all_ms": 20_000, "machine.busy_ms": 12_000, "machine.stolen_ms": 1_000}
    # 6 s of the stack's and 4 s of the load's leave 2 s for somebody else.
    assert processors(Counters({"web": 6_000_000_000}, counts), LOAD) == (0.05, 0.1)


def test_two_ways_of_counting_that_differ_a_little_make_nobody_negative() -> None:
    counts = {"machine.all_ms": 20_000, "machine.busy_ms": 9_900, "machine.stolen_ms": 0}
    assert processors(Counters({"web": 6_000_000_000}, counts), LOAD) == (0, 0)


def test_a_stack_that_is_not_on_this_machine_has_no_health_to_tell() -> None:
    sampler = Sampler(elsewhere(), ["/somewhere"], every=3600)
    with sampler:
        pass
    health = sampler.health(Counters(), LOAD)
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
    assert sampler.health(Counters(), LOAD).memory_stall_share is None


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
