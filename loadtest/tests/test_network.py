"""Added round trips: what may be asked for, and that servers get their delay and lose it again."""

from __future__ import annotations

import json
import signal
from dataclasses import dataclass, field
from typing import Any

import pytest
from docker.errors import APIError, ImageNotFound

from bench.network import BadRtt, NetworkFailed, delayed, parse_rtt

GOOD = [
    ("cache=0.5ms", {"cache": 0.5}),
    ("cache=0.5ms,db=500us", {"cache": 0.5, "db": 0.5}),
    ("cache=1ms, db=2ms, bucket=20ms", {"cache": 1, "db": 2, "bucket": 20}),
    ("db=1000ms", {"db": 1000}),
    ("db=1us", {"db": 0.001}),
]


@pytest.mark.parametrize(("text", "milliseconds"), GOOD)
def test_round_trips_are_read_in_milliseconds(text: str, milliseconds: dict[str, float]) -> None:
    assert parse_rtt(text) == pytest.approx(milliseconds)


BAD = [
    "", "cache", "cache=", "cache=1", "cache=1s", "cache=0ms", "cache=-1ms", "cache=1001ms",
    "cache=0.1us", "cache=1ms,cache=2ms", "cache=1ms,", "web=1ms", "cache=nanms", "cache=٣ms",
    "cache=1ms;db=1ms", "cache=1ms\ndb=1ms",
]  # fmt: skip


@pytest.mark.parametrize("text", BAD)
def test_what_names_no_round_trip_gets_one_line(text: str) -> None:
    with pytest.raises(BadRtt, match=r"accepted are round trips such as cache=0\.5ms") as caught:
        parse_rtt(text)
    assert "\n" not in str(caught.value)


@dataclass(frozen=True)
class FakeContainer:
    id: str
    name: str


@dataclass
class FakeEngine:
    """The engine, and tc as the kernel answers it: what queue is on each interface of each container."""

    queues: dict[str, dict[str, dict[str, Any]]]
    has_netem: bool = True
    has_image: bool = True
    refuses: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    left: int = 0
    """Containers of tc that were made and not removed."""

    @property
    def containers(self) -> FakeEngine:
        return self

    def list(self, filters: dict[str, Any]) -> list[FakeContainer]:
        (service,) = (
            label.partition("=")[2]
            for label in filters["label"]
            if label.startswith("com.docker.compose.service=")
        )
        return [FakeContainer(name, name) for name in self.queues if name.startswith(service)]

    def create(self, image: str, command: list[str], **rights: Any) -> FakeTool:
        self.asked.append(rights)
        if not self.has_image:
            raise ImageNotFound(f"No such image: {image}")
        self.left += 1
        return FakeTool(self, rights["network_mode"].removeprefix("container:"), command)

    def tc(self, container: str, command: list[str]) -> tuple[int, str]:
        """Its exit code and what it prints."""
        if container == "none":
            return (0, "") if self.has_netem else (2, "Error: Specified qdisc kind is unknown.\n")
        devices = self.queues[container]
        if command[0] == "-j":
            shown = [{"dev": d, "kind": q["kind"], "root": True} for d, q in devices.items()]
            return 0, json.dumps(shown)
        if container == self.refuses:
            return 2, "Error: no right to do that.\n"
        action, device = command[1], command[3]
        if action == "replace":
            devices[device] = {"kind": "netem", "delay": command[-1]}
        else:
            devices[device] = {"kind": "noqueue"}
        return 0, ""

    def delays(self) -> dict[str, str]:
        return {
            f"{name}.{device}": queue["delay"]
            for name, devices in self.queues.items()
            for device, queue in devices.items()
            if queue["kind"] == "netem"
        }


@dataclass
class FakeTool:
    """A container that runs tc once."""

    engine: FakeEngine
    network: str
    command: list[str]
    ended: tuple[int, str] = (0, "")

    def start(self) -> None:
        if self.network != "none" and self.network not in self.engine.queues:
            raise APIError("cannot join network of a non running container")
        self.ended = self.engine.tc(self.network, self.command)

    def wait(self, timeout: float) -> dict[str, int]:
        return {"StatusCode": self.ended[0]}

    def logs(self) -> bytes:
        return self.ended[1].encode()

    def remove(self, force: bool) -> None:
        self.engine.left -= 1


def engine(**faults: Any) -> FakeEngine:
    def plain(*devices: str) -> dict[str, dict[str, Any]]:
        return {device: {"kind": "noqueue"} for device in ("lo", *devices)}

    return FakeEngine(
        {
            "redis-1": plain("eth0"),
            "memcached-1": plain("eth0"),
            "postgres-1": plain("eth0"),
            "minio-1": plain("eth0", "eth1"),
        },
        **faults,
    )


def within(made: FakeEngine, rtt: dict[str, float]) -> Any:
    return delayed(made, "lab", rtt)  # type: ignore[arg-type]


def test_each_server_of_a_place_is_delayed_and_is_itself_again_afterwards() -> None:
    made = engine()
    with within(made, {"cache": 0.5, "bucket": 20}):
        assert made.delays() == {
            "redis-1.eth0": "500us",
            "memcached-1.eth0": "500us",
            "minio-1.eth0": "20000us",
            "minio-1.eth1": "20000us",
        }
    assert made.delays() == {}


def test_what_ends_early_leaves_no_delay_behind() -> None:
    made = engine()
    with pytest.raises(KeyboardInterrupt), within(made, {"db": 1, "cache": 1}):
        raise KeyboardInterrupt
    assert made.delays() == {}


def test_where_one_server_refuses_the_others_are_released() -> None:
    made = engine(refuses="postgres-1")
    with pytest.raises(NetworkFailed, match="no right"), within(made, {"cache": 1, "db": 1}):
        pytest.fail("it can't be measured")
    assert made.delays() == {}


def test_what_a_killed_run_left_behind_is_replaced() -> None:
    made = engine()
    made.queues["postgres-1"]["eth0"] = {"kind": "netem", "delay": "9000us"}
    with within(made, {"db": 1}):
        assert made.delays() == {"postgres-1.eth0": "1000us"}


def test_what_a_killed_run_left_at_another_place_is_gone_before_anything_is_measured() -> None:
    for rtt in ({}, {"cache": 1.0}):
        made = engine()
        made.queues["postgres-1"]["eth0"] = {"kind": "netem", "delay": "9000us"}
        with within(made, rtt):
            assert "postgres-1.eth0" not in made.delays()
        assert made.delays() == {}


def test_a_signal_while_it_is_taken_away_leaves_none_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = engine()
    told = made.tc
    handler = signal.getsignal(signal.SIGINT)  # none where the tests run in the background

    def interrupted(container: str, command: list[str]) -> tuple[int, str]:
        if "del" in command:
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGHUP)
        return told(container, command)

    with within(made, {"cache": 1, "db": 1}):
        monkeypatch.setattr(made, "tc", interrupted)
    assert made.delays() == {}
    assert signal.getsignal(signal.SIGINT) is handler


def test_a_delay_that_got_lost_is_no_measurement() -> None:
    made = engine()
    lost = pytest.raises(NetworkFailed, match="redis-1: the added delay was gone")
    with lost, within(made, {"cache": 1}):
        made.queues["redis-1"]["eth0"] = {"kind": "noqueue"}
    assert made.delays() == {}


def test_a_server_that_is_gone_lost_its_delay_too() -> None:
    made = engine()
    with pytest.raises(NetworkFailed, match="memcached-1"), within(made, {"cache": 1}):
        del made.queues["memcached-1"]
    assert made.left == 0, "a container of tc stayed behind"
    assert made.delays() == {}


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        ({"has_netem": False}, "this kernel has no sch_netem"),
        ({"has_image": False}, "tc can't be run from cachelab-nginx"),
    ],
)
def test_where_it_can_t_be_had_that_is_said_and_nothing_is_done(
    faults: dict[str, bool], said: str
) -> None:
    made = engine(**faults)
    with pytest.raises(NetworkFailed, match=said) as caught, within(made, {"db": 1}):
        pytest.fail("it can't be measured")
    assert "\n" not in str(caught.value)
    assert made.delays() == {}


def test_a_service_that_does_not_run_is_named() -> None:
    made = engine()
    del made.queues["postgres-1"]
    with pytest.raises(NetworkFailed, match="postgres is not running"), within(made, {"db": 1}):
        pytest.fail("it can't be measured")


def test_where_tc_cant_be_run_and_no_delay_is_wanted_that_is_no_failure() -> None:
    made = engine(has_image=False)
    with within(made, {}):
        assert made.delays() == {}


def test_the_container_that_sets_it_has_one_right_and_no_other() -> None:
    made = engine()
    with within(made, {"db": 1}):
        pass
    for rights in made.asked:
        assert rights["cap_drop"] == ["ALL"]
        assert rights["cap_add"] == ["NET_ADMIN"]
        assert rights["security_opt"] == ["no-new-privileges:true"]
        assert rights["read_only"] is True
        assert not rights.keys() & {"privileged", "volumes", "pid_mode", "devices"}
