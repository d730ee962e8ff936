"""Containers through the Docker engine's API: a command there costs a tenth of what `docker
compose exec` costs, which counts on a machine that is being measured."""

from __future__ import annotations

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


def container(service: str) -> Container:
    """A container of this service, running or not. Raises FaultError where there is none."""
    names = stack.compose("--profile", "*", "ps", "--all", "--quiet", service).split()
    if not names:
        raise FaultError(f"there is no container of {service}: ./scripts/lab up")
    return _engine().containers.get(names[0])


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
