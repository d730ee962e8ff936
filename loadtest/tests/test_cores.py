"""Cores by service and second, from the texts of control groups."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.counters import Counters
from bench.measuring.cores import Look, Member, Readers, Sampler, by_second, cpu_seconds, usage_file
from bench.result import Load, Second

ONE, OTHER = "a" * 64, "b" * 64
WEB = Member("web", ONE, 7)


class Host:
    """A machine with files and a clock, both of which a test sets."""

    def __init__(self, files: dict[str, str]) -> None:
        self.files = files
        self.now = 100.0
        self.read: list[str] = []

    def file(self, path: Path) -> str | None:
        self.read.append(str(path))
        return self.files.get(str(path))

    def readers(self) -> Readers:
        return Readers(self.file, lambda: self.now)


V1 = "/sys/fs/cgroup/cpuacct/docker"
JOINT = "/sys/fs/cgroup/cpu,cpuacct"
ROOTLESS = f"user.slice/user-1000.slice/user@1000.service/user.slice/docker-{ONE}.scope"
SCOPE = f"system.slice/docker-{ONE}.scope"


@pytest.mark.parametrize(
    ("group", "file", "text"),
    [
        (f"2:cpuacct:/docker/{ONE}\n0::/docker/{ONE}", f"{V1}/{ONE}/cpuacct.usage", "5"),
        (f"4:cpu,cpuacct:/{SCOPE}", f"/sys/fs/cgroup/cpuacct/{SCOPE}/cpuacct.usage", "5"),
        # Where the usual link beside it is missing.
        (f"4:cpu,cpuacct:/{SCOPE}", f"{JOINT}/{SCOPE}/cpuacct.usage", "5"),
        (f"0::/{SCOPE}", f"/sys/fs/cgroup/{SCOPE}/cpu.stat", "usage_usec 5\n"),
        (f"0::/{ROOTLESS}", f"/sys/fs/cgroup/{ROOTLESS}/cpu.stat", "usage_usec 5\n"),
    ],
)
def test_where_the_kernel_says_what_a_container_used(group: str, file: str, text: str) -> None:
    host = Host({"/proc/7/cgroup": group + "\n", file: text})
    assert usage_file(host.file, WEB) == Path(file)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"/proc/7/cgroup": f"0::/docker/{ONE}\n"},
        {
            "/proc/7/cgroup": "0::/user.slice\n",
            "/sys/fs/cgroup/user.slice/cpu.stat": "usage_usec 5",
        },
        {"/proc/7/cgroup": f"0::/{ONE}\n", f"/sys/fs/cgroup/{ONE}/cpu.stat": "nr_periods 0\n"},
    ],
    ids=["another machine", "no such file", "another process by now", "no usage in it"],
)
def test_where_it_does_not_say_it(files: dict[str, str]) -> None:
    assert usage_file(Host(files).file, WEB) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1500000000\n", 1.5), ("usage_usec 1500000\nuser_usec 9\n", 1.5), ("", None), (None, None)],
)
def test_both_versions_of_control_groups(text: str | None, seconds: float | None) -> None:
    assert cpu_seconds(text) == seconds


def looks(*moments: tuple[float, float]) -> list[Look]:
    return [Look(at, {"web": used}) for at, used in moments]


def test_a_second_is_what_was_used_in_it_however_late_a_look_came() -> None:
    # Half a core all the time, and looks that come early and late; the clock has any zero.
    found = by_second(looks((50, 8.0), (50.9, 8.45), (52.3, 9.15), (53, 9.5)), range(5))
    assert {at: cores["web"] for at, cores in found.items()} == pytest.approx(
        {0: 0.5, 1: 0.5, 2: 0.5}
    )


def test_seconds_are_told_apart() -> None:
    found = by_second(looks((0, 0.0), (1, 0.2), (2, 1.2)), range(2))
    assert found == {0: {"web": 0.2}, 1: {"web": 1.0}}


@pytest.mark.parametrize("moments", [[], [(0.0, 1.0)], [(0.0, 1.0), (0.9, 1.5)]])
def test_less_than_a_second_tells_nothing(moments: list[tuple[float, float]]) -> None:
    assert by_second(looks(*moments), [0, 1]) == {}


def test_a_container_that_started_anew_is_no_negative_core() -> None:
    assert by_second(looks((0, 5.0), (1, 5.5), (2, 0.1), (3, 0.6)), range(3)).keys() == {0, 2}


def host_of_two() -> Host:
    return Host(
        {
            "/proc/7/cgroup": f"0::/{ONE}\n",
            "/proc/8/cgroup": f"0::/{OTHER}\n",
            f"/sys/fs/cgroup/{ONE}/cpu.stat": "usage_usec 1000000\n",
            f"/sys/fs/cgroup/{OTHER}/cpu.stat": "usage_usec 7000000\n",
        }
    )


def load(seconds: int) -> Load:
    return Load(
        requests=1,
        failures=0,
        requests_per_second=1.0,
        elapsed=seconds,
        seconds=[Second(at, 1) for at in range(seconds)],
    )


def test_replicas_are_one_service_and_looks_lie_between_the_snapshots() -> None:
    host = host_of_two()
    # An hour between two looks of its own: the test moves the clock.
    sampler = Sampler(host.readers(), [WEB, Member("web", OTHER, 8)], every=3600)
    host.read.clear()
    taken = []

    def snapshot(ending: bool) -> Counters:
        taken.append((ending, len(host.read)))
        host.now += 40.0  # reading the counters takes its time, which belongs to no second
        return Counters()

    with sampler:
        around = sampler.around(snapshot)
        around(False)
        host.now += 2.0
        host.files[f"/sys/fs/cgroup/{ONE}/cpu.stat"] = "usage_usec 1500000\n"
        host.files[f"/sys/fs/cgroup/{OTHER}/cpu.stat"] = "usage_usec 7500000\n"
        around(True)
    assert taken == [(False, 0), (True, 4)]
    assert [second.cpu for second in sampler.filled(load(3)).seconds] == [
        {"web": 0.5},
        {"web": 0.5},
        {},
    ]


def test_some_containers_without_files_are_no_sum() -> None:
    host = host_of_two()
    del host.files[f"/sys/fs/cgroup/{OTHER}/cpu.stat"]
    sampler = Sampler(host.readers(), [WEB, Member("postgres", OTHER, 8)], every=3600)
    with sampler:
        sampler.begin()
        host.now += 2.0
        sampler.end()
    assert [second.cpu for second in sampler.filled(load(2)).seconds] == [{}, {}]


def test_it_looks_by_itself_and_ends_when_it_is_left() -> None:
    host = host_of_two()
    sampler = Sampler(host.readers(), [WEB], every=0.0)
    with sampler:
        sampler.begin()
        thread = sampler._thread
        while len(host.read) < 10:
            pass
    assert thread is not None
    assert not thread.is_alive()
