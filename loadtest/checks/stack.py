"""The stack as its user handles it: `docker compose`, from the repository's top."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

TOP = Path(__file__).resolve().parents[2]
PATIENCE = 300  # seconds for one command


class CommandError(AssertionError):
    """A command that did not do what was asked; the text holds its last words."""


def run(*command: str, toggles: Mapping[str, str] | None = None) -> str:
    done = attempt(*command, toggles=toggles)
    if done.returncode:
        words = (done.stderr or done.stdout)[-1500:]
        raise CommandError(f"`{' '.join(command)}` ended with {done.returncode}:\n{words}")
    return done.stdout


def attempt(
    *command: str, toggles: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, **(toggles or {})}
    return subprocess.run(
        command,
        cwd=TOP,
        env=environ,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def compose(*arguments: str, toggles: Mapping[str, str] | None = None) -> str:
    return run("docker", "compose", *arguments, toggles=toggles)


def up(**toggles: str) -> None:
    """The whole stack under these toggles, and the others' defaults; back when it is healthy."""
    compose("up", "-d", "--no-build", "--wait", "--wait-timeout", "240", toggles=toggles)


def inside(service: str, *command: str) -> str:
    return compose("exec", "-T", service, *command)


def setting(name: str) -> str:
    """A toggle's value in force: the shell beats .env."""
    lines = (TOP / ".env").read_text().splitlines()
    defaults = dict(line.split("=", 1) for line in lines if line.startswith("LAB_"))
    return os.environ.get(name) or defaults[name]


def containers() -> dict[str, list[dict[str, Any]]]:
    """What the engine knows of each running container, by service."""
    ids = compose("ps", "-q").split()
    found: dict[str, list[dict[str, Any]]] = {}
    for container in json.loads(run("docker", "inspect", *ids)):
        service = container["Config"]["Labels"]["com.docker.compose.service"]
        found.setdefault(service, []).append(container)
    return found


def forget_kept() -> None:
    """Empties Varnish and both upstream caches, upstream first, as a write does."""
    inside("redis", "redis-cli", "flushall")
    ask_memcached("flush_all")
    inside("varnish", "varnishadm", "-n", "/var/lib/varnish", "ban obj.status != 0")


def ask_memcached(command: str) -> str:
    script = f"exec 3<>/dev/tcp/127.0.0.1/11211; printf '{command}\\r\\nquit\\r\\n' >&3; timeout 2 cat <&3"
    return inside("memcached", "bash", "-c", script)


def redis_hits() -> int:
    lines = inside("redis", "redis-cli", "info", "stats").splitlines()
    return int(next(line.split(":")[1] for line in lines if line.startswith("keyspace_hits:")))


def memcached_hits() -> int:
    lines = ask_memcached("stats").splitlines()
    return int(next(line.split()[2] for line in lines if line.startswith("STAT get_hits ")))


def in_django(expression: str) -> str:
    """What an expression over the site's models is, printed by a replica."""
    code = f"from magazine.models import *; print('=', {expression})"
    lines = inside("web", "python", "manage.py", "shell", "-c", code).splitlines()
    return next(line[2:] for line in lines if line.startswith("= "))
