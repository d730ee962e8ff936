"""Containers for one measurement, on a network of their own or the lab's, which are gone after it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from .. import stack

LABEL = "cachelab.throwaway"
PATIENCE = 60.0
"""Seconds for a container to answer."""

HARDENED = (
    *("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
    *("--tmpfs", "/tmp:mode=1777,size=16m"),  # noqa: S108 (in the container)
)

VARNISH = (
    *("--env", "LAB_EDGE_PAGES=on", "--env", "LAB_EDGE_ASSETS=on"),
    *("--tmpfs", "/var/lib/varnish:size=128m,uid=10001,gid=10001,mode=0755,exec"),
    "--no-healthcheck",
)
"""What the lab's Varnish needs besides its image, as compose.yaml gives it."""


@contextmanager
def network() -> Iterator[str]:
    """A network that leads nowhere; its name."""
    name = f"cachelab-throwaway-{secrets.token_hex(4)}"
    stack.run("docker", "network", "create", "--internal", "--label", LABEL, name)
    try:
        yield name
    finally:
        stack.attempt("docker", "network", "rm", name)


@contextmanager
def running(
    image: str, network: str, names: Sequence[str], options: Sequence[str], *command: str
) -> Iterator[str]:
    """A container that others on the network know by these names; its id. Raises CommandError."""
    aliases = [part for name in names for part in ("--network-alias", name)]
    container = stack.run(
        *("docker", "run", "--detach", "--label", LABEL, "--network", network, *aliases),
        *HARDENED, *options, image, *command,
    ).strip()  # fmt: skip
    try:
        yield container
    finally:
        stack.attempt("docker", "rm", "--force", "--volumes", container)


def token() -> str:
    """The one that purges show, as compose.yaml gives it to Varnish."""
    environment = stack.containers()["varnish"][0]["Config"]["Env"]
    pairs = dict(entry.partition("=")[::2] for entry in environment)
    return str(pairs["LAB_PURGE_TOKEN"])


def await_port(container: str, port: int) -> None:
    """Until something answers there, as seen from within. Raises CommandError."""
    until = time.monotonic() + PATIENCE
    command = ("docker", "exec", container, "bash", "-c", f"exec 3<>/dev/tcp/127.0.0.1/{port}")
    while stack.attempt(*command).returncode:
        if time.monotonic() > until:
            said = stack.attempt("docker", "logs", "--tail", "3", container)
            words = " ".join((said.stdout + said.stderr).split())[-300:]
            raise stack.CommandError(f"{container[:12]} does not answer on {port}: {words}")
        time.sleep(0.2)
