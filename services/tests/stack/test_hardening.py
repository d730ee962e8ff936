"""What the engine says of each container: all of this is set in compose.yaml and the Dockerfiles."""

import json
from typing import Any

import pytest

from checks import stack

PUBLISHED = {"varnish", "console", "prometheus", "minio", "locust", "grafana"}
# A silent one is told by an alert (TargetDown): a health check beside it would only cost.
ASKED_BY_PROMETHEUS = "-exporter"
# The live page says in its place that it gives no answer. A check each ten seconds cost a fifth of what all
# the watching may.
ASKED_BY_THE_PAGE = "sampler"
Containers = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def containers() -> Containers:
    return stack.containers()


def wrong(containers: Containers, is_right: Any) -> list[str]:
    return sorted({name for name, all_ in containers.items() if not all(map(is_right, all_))})


def test_every_service_is_healthy(containers: Containers) -> None:
    asked = {
        name: all_
        for name, all_ in containers.items()
        if name != ASKED_BY_THE_PAGE and not name.endswith(ASKED_BY_PROMETHEUS)
    }
    found = wrong(asked, lambda c: c["State"].get("Health", {}).get("Status") == "healthy")
    assert not found, f"not healthy, or without a health check: {found}. ./scripts/lab logs SERVICE"


def test_no_service_runs_as_root(containers: Containers) -> None:
    found = wrong(containers, lambda c: c["Config"]["User"].split(":")[0] not in ("", "0", "root"))
    assert not found, f"set USER in the Dockerfile of: {found}"


def test_every_file_system_is_read_only(containers: Containers) -> None:
    found = wrong(containers, lambda c: c["HostConfig"]["ReadonlyRootfs"])
    assert not found, f"set read_only in compose.yaml for: {found}"


def test_every_capability_is_dropped(containers: Containers) -> None:
    found = wrong(containers, lambda c: c["HostConfig"]["CapDrop"] == ["ALL"])
    assert not found, f"set cap_drop: [ALL] in compose.yaml for: {found}"
    assert not wrong(containers, lambda c: not c["HostConfig"]["CapAdd"])
    assert not wrong(containers, lambda c: not c["HostConfig"]["Privileged"])


def test_nobody_gains_rights(containers: Containers) -> None:
    option = "no-new-privileges:true"
    found = wrong(containers, lambda c: option in (c["HostConfig"]["SecurityOpt"] or []))
    assert not found, f"set security_opt: [{option}] in compose.yaml for: {found}"


def test_the_engines_socket_is_nobodys(containers: Containers) -> None:
    found = wrong(containers, lambda c: not any("docker.sock" in m["Source"] for m in c["Mounts"]))
    assert not found, f"these could command the engine: {found}"


def test_only_the_public_and_the_tools_ports_are_published_and_on_loopback(
    containers: Containers,
) -> None:
    for service, all_ in containers.items():
        for container in all_:
            ports = container["NetworkSettings"]["Ports"] or {}
            addresses = {each["HostIp"] for published in ports.values() for each in published or []}
            assert addresses <= {"127.0.0.1"}, f"{service} listens on {addresses}: loopback only"
            assert not addresses or service in PUBLISHED, f"{service} must not publish a port"


def test_what_holds_data_is_on_networks_that_lead_nowhere(containers: Containers) -> None:
    ids = {name for all_ in containers.values() for c in all_ for name in networks(c)}
    inner = {
        network["Name"]
        for network in json.loads(stack.run("docker", "network", "inspect", *ids))
        if network["Internal"]
    }
    for service in set(containers) - PUBLISHED:
        for container in containers[service]:
            outside = networks(container) - inner
            assert not outside, f"{service} is on {outside}, which leads outside"


def networks(container: dict[str, Any]) -> set[str]:
    return set(container["NetworkSettings"]["Networks"])
