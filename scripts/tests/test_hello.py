"""Where everything is: said once, in one file, by `docker compose up` and by `./scripts/lab up`."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

import toggles

ROOT = Path(__file__).resolve().parents[2]
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text())[
    "services"
]
PORTS = [name for name in toggles.load() if name.endswith("_PORT")]
ALWAYS = {name: service for name, service in SERVICES.items() if "profiles" not in service}


def said(command: list[str], **environ: str) -> str:
    return subprocess.run(
        command,
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **environ},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def addresses(**environ: str) -> str:
    given = {name: str(20_000 + number) for number, name in enumerate(PORTS)}
    return said(["services/hello/addresses"], **{**given, "LAB_DEBUG": "off", **environ})


def test_every_port_is_told() -> None:
    text = addresses()
    for number, _ in enumerate(PORTS):
        assert f"http://localhost:{20_000 + number} " in text.replace("\n", " ")


def test_the_tasks_that_are_named_exist() -> None:
    named = re.findall(r"\./scripts/lab (\w+)", addresses())
    tasks = re.findall(r"^task_(\w+)\(\)", (ROOT / "scripts" / "lab").read_text(), re.MULTILINE)
    assert named
    assert set(named) <= set(tasks)


@pytest.mark.parametrize("debug", ["on", "off"])
def test_the_debug_toolbar_is_told_of_where_it_is_on(debug: str) -> None:
    assert ("LAB_DEBUG=on" in addresses(LAB_DEBUG=debug)) == (debug == "on")
    assert ("127.0.0.1" in addresses(LAB_DEBUG=debug)) == (debug == "on")


def test_the_task_runner_says_the_same() -> None:
    declared = {name: toggle.default for name, toggle in toggles.load().items()}
    script = ". scripts/lib/say.sh; . scripts/lib/setup.sh; . scripts/lib/stack.sh; print_addresses"
    told = said(["bash", "-euo", "pipefail", "-c", script])
    assert told == addresses(**{name: declared[name] for name in (*PORTS, "LAB_DEBUG")})


def test_it_speaks_when_what_it_names_is_there() -> None:
    waits = SERVICES["hello"]["depends_on"]
    published = {name for name, service in ALWAYS.items() if "ports" in service}
    assert set(waits) == published
    assert {each["condition"] for each in waits.values()} == {"service_healthy"}


def test_up_wait_takes_its_end_for_no_failure() -> None:
    """Compose lets a service end under `--wait` where another of the same project waits for that."""
    waiting = [
        service
        for service in ALWAYS.values()
        if service.get("depends_on", {}).get("hello")
        == {"condition": "service_completed_successfully"}
    ]
    assert [service["deploy"]["replicas"] for service in waiting] == [0]
    assert SERVICES["hello"]["environment"].keys() == {*PORTS, "LAB_DEBUG"}
