"""Round trips as on a real network: delay that is added to the answers of what web servers ask.

The kernel does it (tc-netem(8)): a queue on each interface of the server holds every packet that leaves
it for the whole round trip. It is set from a short-lived container that enters the server's network with
the right to administer that network, and with no other; the servers themselves get no right at all.
"""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import docker
from docker.errors import DockerException
from docker.models.containers import Container
from requests.exceptions import RequestException

PLACES = {"cache": ("redis", "memcached"), "db": ("postgres",), "bucket": ("minio",)}
"""What may be further away, and the services that are there."""

DELAY = "netem"
"""The kernel's queue that delays."""

IMAGE = "cachelab-nginx"
"""An image of the stack that holds tc: Debian's nginx depends on iproute2."""

LEAST_MS, MOST_MS = 0.001, 1000.0
"""The kernel is told whole microseconds."""

HELD = 100_000
"""Packets that a queue may hold. The kernel's 1,000 would be full at 1 ms and a million packets a second,
but also at 100 ms and ten thousand; what a full queue drops would be measured as a slow server."""

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""What a terminal, an engine, or a session that is closed sends to end a program."""

PATIENCE = 30.0
"""Seconds for one command."""

NO_SUCH_QUEUE = ("kind is unknown", "No such file or directory")
"""How tc says that the kernel lacks a queue, since Linux 4.17 and before."""

UNITS_MS = {"us": 0.001, "ms": 1.0}


class BadRtt(ValueError):
    """A text that names no round trips; one line that says what is accepted."""


class NetworkFailed(RuntimeError):
    """The delay can't be had, or was not there all the time; one line that says why."""


def parse_rtt(text: str) -> dict[str, float]:
    """Milliseconds by place, from `cache=0.5ms,db=0.5ms`. Raises BadRtt."""
    found: dict[str, float] = {}
    for part in text.split(","):
        said = re.fullmatch(r"(\w+)=([0-9]{1,6}(?:\.[0-9]{1,6})?)(us|ms)", part.strip())
        if not said or said[1] not in PLACES or said[1] in found:
            raise BadRtt(_accepted(text))
        milliseconds = float(said[2]) * UNITS_MS[said[3]]
        if not LEAST_MS <= milliseconds <= MOST_MS:
            raise BadRtt(_accepted(text))
        found[said[1]] = milliseconds
    return found


def _accepted(text: str) -> str:
    return (
        f"{text!r}: accepted are round trips such as cache=0.5ms,db=500us, each of"
        f" {', '.join(PLACES)} at most once, from 1us to {MOST_MS:g}ms"
    )


@contextmanager
def delayed(
    engine: docker.DockerClient, project: str, rtt_ms: Mapping[str, float]
) -> Iterator[None]:
    """Every answer of the places named comes so many milliseconds later, until the block ends.

    project: the Compose project whose containers are meant; they must run, and go on running. What a run
    that was killed left behind, at whatever place, is taken away first. Raises NetworkFailed where this
    kernel can't, and, when the block ends by itself, where a server was restarted in it and so lost its
    delay.
    """
    if not rtt_ms:
        # Where tc can't be run no earlier run can have left anything.
        with suppress(NetworkFailed):
            _take_what_was_left(engine, project)
        yield
        return
    _take_what_was_left(engine, project)
    require_netem(engine)
    meant = {
        container: milliseconds
        for place, milliseconds in rtt_ms.items()
        for service in PLACES[place]
        for container in _containers(engine, project, service)
    }
    held: list[tuple[Container, str]] = []
    try:
        for container, milliseconds in meant.items():
            for device in _devices(engine, container):
                held.append((container, device))
                _delay(engine, container, device, milliseconds)
        yield
    except BaseException:
        _release(engine, held)
        raise
    lost = _release(engine, held)
    if lost:
        raise NetworkFailed(
            f"{', '.join(lost)}: the added delay was gone before the end, so it was not measured;"
            " leave these containers running"
        )


def _take_what_was_left(engine: docker.DockerClient, project: str) -> None:
    """Raises NetworkFailed."""
    for service in sum(PLACES.values(), ()):
        for container in _running(engine, project, service):
            for device, kind in _queues(engine, container).items():
                if kind == DELAY:
                    _tc(engine, _inside(container), "qdisc", "del", "dev", device, "root")


def require_netem(engine: docker.DockerClient) -> None:
    """Raises NetworkFailed where the kernel has no such queue: tried in a network of its own."""
    try:
        _tc(engine, "none", "qdisc", "add", "dev", "lo", "root", DELAY, "delay", "1ms")
    except NetworkFailed as error:
        if not any(sign in str(error) for sign in NO_SUCH_QUEUE):
            raise
        raise NetworkFailed(
            "this kernel has no sch_netem: --rtt can't add delay here; load it (modprobe sch_netem,"
            " as root on the Docker host), or measure without --rtt"
        ) from None


def _containers(engine: docker.DockerClient, project: str, service: str) -> list[Container]:
    found = _running(engine, project, service)
    if not found:
        raise NetworkFailed(f"{service} is not running: ./scripts/lab up")
    return found


def _running(engine: docker.DockerClient, project: str, service: str) -> list[Container]:
    labels = {"project": project, "service": service, "oneoff": "False"}
    wanted = [f"com.docker.compose.{name}={value}" for name, value in labels.items()]
    try:
        found: list[Container] = engine.containers.list(filters={"label": wanted})
    except DockerException as error:
        raise NetworkFailed(f"{service} can't be found: {_line(error)}") from error
    return found


def _devices(engine: docker.DockerClient, container: Container) -> list[str]:
    """Interfaces by which others are answered; a server asks itself without delay."""
    return [device for device in _queues(engine, container) if device != "lo"]


def _queues(engine: docker.DockerClient, container: Container) -> dict[str, str]:
    """The kind of the outermost queue of each interface."""
    said: list[dict[str, Any]] = json.loads(_tc(engine, _inside(container), "-j", "qdisc", "show"))
    return {each["dev"]: each["kind"] for each in said if each.get("root")}


def _delay(
    engine: docker.DockerClient, container: Container, device: str, milliseconds: float
) -> None:
    queue = ("qdisc", "replace", "dev", device, "root", DELAY, "limit", str(HELD))
    microseconds = f"{round(milliseconds * 1000)}us"
    _tc(engine, _inside(container), *queue, "delay", microseconds)


def _release(engine: docker.DockerClient, held: list[tuple[Container, str]]) -> list[str]:
    """Take the delay away everywhere; the names of those that had none any more. It takes seconds, in which
    nobody's signal ends it half-way."""
    lost = []
    with undisturbed():
        for container, device in held:
            try:
                there = _queues(engine, container).get(device) == DELAY
                if there:
                    _tc(engine, _inside(container), "qdisc", "del", "dev", device, "root")
            except NetworkFailed:
                # It stopped, and took its network with it.
                there = False
            if not there:
                lost.append(str(container.name))
    return list(dict.fromkeys(lost))


@contextmanager
def undisturbed() -> Iterator[None]:
    """No signal that asks for the end is heard until the block has ended."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _inside(container: Container) -> str:
    return f"container:{container.id}"


def _tc(engine: docker.DockerClient, network: str, *arguments: str) -> str:
    """What tc prints in that network. Raises NetworkFailed."""
    try:
        tool = engine.containers.create(
            IMAGE,
            list(arguments),
            entrypoint=["tc"],
            network_mode=network,
            user="0",
            cap_drop=["ALL"],
            cap_add=["NET_ADMIN"],
            security_opt=["no-new-privileges:true"],
            read_only=True,
        )
        try:
            tool.start()
            ended: int = tool.wait(timeout=PATIENCE)["StatusCode"]
            said = tool.logs().decode("utf-8", "replace")
        finally:
            tool.remove(force=True)
    except (DockerException, RequestException) as error:
        raise NetworkFailed(f"tc can't be run from {IMAGE}: {_line(error)}") from error
    if ended:
        raise NetworkFailed(f"tc {arguments[0]} failed: {_line(said)}")
    return said


def _line(problem: object) -> str:
    lines = [line.strip() for line in str(problem).splitlines() if line.strip()]
    return lines[-1][:300] if lines else "no reason given"
