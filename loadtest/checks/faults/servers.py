"""The two upstream caches, as whoever runs them handles them: their counters and their settings."""

from __future__ import annotations

import shlex
from pathlib import Path

from docker.models.containers import Container

from .engine import FaultError, container, inside

TAMPER = (Path(__file__).parent / "tamper.py").read_text()
"""It runs in a replica, which has both stores' clients and is on their network."""


class Server:
    """A store's server. service: its name in compose.yaml and among Toxiproxy's proxies."""

    service: str
    port: int
    variable: str  # what tells web where the store is

    @property
    def container(self) -> Container:
        return container(self.service)

    def ask(self, *words: str) -> str:
        """The server's answer to one command. Raises FaultError for an error."""
        raise NotImplementedError

    def hits(self) -> int:
        """Keys found since the server's start."""
        raise NotImplementedError

    def forget(self) -> None:
        """Empties it: what one fault left behind must not be laid to the next."""
        raise NotImplementedError

    def tamper(self, how: str, seconds: float) -> int:
        """Overwrites all values again and again (tamper.py); how many values that were."""
        replica = container("web")
        return int(inside(replica, "python", "-c", TAMPER, self.service, how, f"{seconds:.1f}"))


class Redis(Server):
    service = "redis"
    port = 6379
    variable = "LAB_REDIS_HOST"

    def ask(self, *words: str) -> str:
        return inside(self.container, "redis-cli", "-e", *words).strip()

    def hits(self) -> int:
        return int(field(self.ask("info", "stats"), "keyspace_hits:"))

    def forget(self) -> None:
        self.ask("flushall")

    def setting(self, name: str) -> str:
        """A setting's value in force."""
        lines = self.ask("config", "get", name).splitlines()
        return lines[1] if len(lines) > 1 else ""

    def refuses_writes(self) -> bool:
        try:
            self.ask("set", "faults:probe", "x", "px", "1")
        except FaultError as refused:
            return "READONLY" in str(refused) or "OOM" in str(refused)
        return False


class Memcached(Server):
    service = "memcached"
    port = 11211
    variable = "LAB_MEMCACHED_HOST"

    def ask(self, *words: str) -> str:
        line = shlex.quote(" ".join(words) + "\\r\\nquit\\r\\n")
        script = f"exec 3<>/dev/tcp/127.0.0.1/11211; printf {line} >&3; timeout 2 cat <&3"
        answer = inside(self.container, "bash", "-c", script).strip()
        if answer.startswith(("ERROR", "CLIENT_ERROR", "SERVER_ERROR", "MEMLIMIT")):
            raise FaultError(f"Memcached answers {' '.join(words)} with {answer}")
        return answer

    def hits(self) -> int:
        return int(field(self.ask("stats"), "STAT get_hits "))

    def forget(self) -> None:
        self.ask("flush_all")

    def evictions(self) -> int:
        """Values that had to go to make room, since the server's start."""
        return int(field(self.ask("stats"), "STAT evictions "))

    def megabytes(self) -> int:
        """Its memory limit in force."""
        return int(field(self.ask("stats", "settings"), "STAT maxbytes ")) // 2**20


def field(text: str, prefix: str) -> str:
    """What follows a prefix in the lines of a server's counters."""
    for line in text.splitlines():
        if line.startswith(prefix):
            return line.removeprefix(prefix).strip()
    raise FaultError(f"the server's counters hold no {prefix.strip()}")


SERVERS: dict[str, Server] = {server.service: server for server in (Redis(), Memcached())}
