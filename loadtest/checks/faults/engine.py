"""Containers through the Docker engine's API: a command there costs a tenth of what `docker
compose exec` costs, which counts on a machine that is being measured."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import cast

import docker
from docker.errors import DockerException
from docker.models.containers import Container

from .. import stack


class FaultError(RuntimeError):
    """The check could not be made; the text says in one line why, and what to do."""


PATIENCE = 330  # seconds for one command: as long as the longest fault, and some more


@lru_cache(maxsize=1)
def _engine() -> docker.DockerClient:
    return docker.from_env(timeout=PATIENCE)


@lru_cache(maxsize=1)
def _project() -> str:
    return str(json.loads(stack.compose("config", "--format", "json"))["name"])


def container(service: str) -> Container:
    """A container of this service, running or not. Raises FaultError where there is none."""
    return containers(service)[0]


def containers(service: str) -> list[Container]:
    """All containers of this service, running or not. Raises FaultError where there is none."""
    wanted = {"project": _project(), "service": service, "oneoff": "False"}
    labels = [f"com.docker.compose.{name}={value}" for name, value in wanted.items()]
    found: list[Container] = _engine().containers.list(all=True, filters={"label": labels})
    if not found:
        raise FaultError(f"there is no container of {service}: ./scripts/lab up")
    return found


def inside(where: Container, *command: str) -> str:
    """What a command in the container prints. Raises FaultError where it fails."""
    try:
        code, output = cast("tuple[int, bytes]", where.exec_run(list(command)))
    except DockerException as error:
        raise FaultError(f"{command[0]} can't be run in {where.name}: {error}") from error
    text = output.decode("utf-8", "replace")
    if code:
        raise FaultError(
            f"{' '.join(command)[:60]} in {where.name} ended with {code}: {text[-300:]}"
        )
    return text
