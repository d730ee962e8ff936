#!/usr/bin/python3
"""Runs nginx and keeps its list of replicas true.

nginx 1.26 looks a name up once, when it reads its configuration. This process asks the network's
DNS for the addresses of all replicas every second, asks each replica's `/up` how it is, writes the
list and has nginx read it again when it changed. It is the container's first process: when nginx
ends, so does this, and a SIGTERM lets nginx finish the requests it has.

It must not take a busy replica for a dead one: at full load `/up` waits in line like any request.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import os
import signal
import socket
import sys
from collections.abc import Iterable
from pathlib import Path

SERVICE = os.environ.get("BALANCER_SERVICE", "web")
PORT = int(os.environ.get("BALANCER_PORT", "8000"))
REPLICAS_FILE = Path("/run/nginx/replicas.conf")
MICROCACHE_FILE = Path("/run/nginx/microcache.conf")
PID_FILE = Path("/run/nginx/nginx.pid")

POLL_SECONDS = 1.0
CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 5.0
# A connected replica that leaves this many questions unanswered in a row hangs.
PATIENCE = 3


class Health(enum.Enum):
    """What one question to a replica's `/up` showed."""

    ALIVE = "answered 200"
    LEAVING = "answered something else: it is starting or about to stop"
    GONE = "could not be reached"
    SILENT = "took the question and didn't answer in time"


async def ask(address: str) -> Health:
    """Ask one replica how it is. Takes CONNECT_SECONDS + ANSWER_SECONDS at most."""
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            reader, writer = await asyncio.open_connection(address, PORT)
    except (OSError, TimeoutError):
        return Health.GONE
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            writer.write(f"GET /up HTTP/1.0\r\nHost: {SERVICE}\r\n\r\n".encode())
            status_line = await reader.readline()
    except TimeoutError:
        return Health.SILENT
    except OSError:
        return Health.GONE
    finally:
        writer.close()
    return Health.ALIVE if status_line.split()[1:2] == [b"200"] else Health.LEAVING


class Replica:
    """One address behind the service's name, and whether requests may go there."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.live = False
        self.silences = 0

    def learn(self, health: Health) -> None:
        """Take one answer into account."""
        self.silences = self.silences + 1 if health is Health.SILENT else 0
        if health is not Health.SILENT:
            self.live = health is Health.ALIVE

    @property
    def hangs(self) -> bool:
        return self.silences >= PATIENCE


def choose(replicas: Iterable[Replica]) -> list[str]:
    """Addresses that get requests. If all that live hang, it's the load: they stay."""
    live = [replica for replica in replicas if replica.live]
    chosen = [replica for replica in live if not replica.hangs] or live
    return sorted(replica.address for replica in chosen)


def render(addresses: list[str]) -> str:
    """The part of nginx's configuration that depends on the replicas."""
    # A replica that fails is left out for a moment; within that, this process will have noticed.
    servers = [f"server {address}:{PORT} max_fails=1 fail_timeout=2s;" for address in addresses]
    # An upstream must have a member; site.conf answers before it would be asked.
    lines = servers or ["server 127.0.0.1:9 down;"]
    return "\n".join(
        [
            "# Written by balancer.py; read by nginx at every change.",
            "upstream replicas {",
            "    zone replicas 128k;",
            "    least_conn;",
            *(f"    {line}" for line in lines),
            "}",
            f"map $host $live_replicas {{ default {len(addresses)}; }}",
            "",
        ]
    )


LONGEST_MICROCACHE = 60


def microcache(seconds: str) -> str:
    """The part of the site's configuration that keeps pages for so many seconds; 0 keeps none.

    Raises ValueError, with one line, for what is no such number.
    """
    whole = seconds.isascii() and seconds.isdecimal()
    if not (whole and int(seconds) <= LONGEST_MICROCACHE):
        raise ValueError(
            f"LAB_MICROCACHE={seconds}: accepted values are whole numbers from 0 to {LONGEST_MICROCACHE}"
        )
    lines = [
        "# Written by balancer.py from LAB_MICROCACHE; what its names mean is in microcache.conf."
    ]
    if int(seconds):
        lines += [
            "proxy_cache microcache;",
            f"proxy_cache_valid 200 {int(seconds)}s;",
            "proxy_cache_key $http_host$request_uri;",
            "proxy_ignore_headers Cache-Control Expires;",
            "proxy_cache_bypass $microcache_asks_itself;",
            "proxy_no_cache $microcache_asks_itself $microcache_not_public;",
            # Of those who ask for a page at once one is handed on; while a copy is renewed, the old
            # one is shown.
            "proxy_cache_lock on;",
            "proxy_cache_use_stale updating;",
        ]
    return "\n".join([*lines, ""])


def write(text: str) -> None:
    """Replace the file in one step: nginx may read it at any time."""
    beside = REPLICAS_FILE.with_suffix(".new")
    beside.write_text(text)
    beside.rename(REPLICAS_FILE)


async def resolve() -> set[str] | None:
    """Addresses of all replicas; None when DNS has no answer, which happens while it is busy."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(
            SERVICE, PORT, family=socket.AF_INET, type=socket.SOCK_STREAM
        )
    except OSError:
        return None
    return {str(sockaddr[0]) for *_, sockaddr in found}


class Balancer:
    """The replicas, the questions that are on their way to them, and nginx."""

    def __init__(self) -> None:
        self.replicas: dict[str, Replica] = {}
        self.watchers: dict[str, asyncio.Task[None]] = {}
        self.chosen: list[str] = []
        self.nginx: asyncio.subprocess.Process | None = None

    async def run(self) -> int:
        """Start nginx, follow the replicas, and return nginx's exit status."""
        PID_FILE.unlink(missing_ok=True)
        write(render(self.chosen))
        self.nginx = await asyncio.create_subprocess_exec("nginx", "-e", "stderr")
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            loop.add_signal_handler(number, self.tell_nginx, signal.SIGQUIT)
        nginx_ended = asyncio.create_task(self.nginx.wait())
        # Before it has written this file, nginx doesn't know signals, and a reload would end it.
        while not (PID_FILE.exists() or nginx_ended.done()):
            await asyncio.sleep(0.02)
        follower = asyncio.create_task(self.follow_addresses())
        await asyncio.wait([follower, nginx_ended], return_when=asyncio.FIRST_COMPLETED)
        if follower.done():
            self.tell_nginx(signal.SIGQUIT)
            await nginx_ended
            follower.result()
        return nginx_ended.result()

    async def follow_addresses(self) -> None:
        """Watch every address as long as DNS knows it."""
        while True:
            addresses = await resolve()
            if addresses is not None:
                for address in addresses - self.watchers.keys():
                    self.add(address)
                for address in self.watchers.keys() - addresses:
                    self.remove(address)
            for watcher in self.watchers.values():
                if watcher.done():
                    watcher.result()
            await asyncio.sleep(POLL_SECONDS)

    def add(self, address: str) -> None:
        self.replicas[address] = Replica(address)
        self.watchers[address] = asyncio.create_task(self.watch(self.replicas[address]))

    def remove(self, address: str) -> None:
        self.watchers.pop(address).cancel()
        del self.replicas[address]
        self.apply()

    async def watch(self, replica: Replica) -> None:
        """Ask one replica again and again; each waits for its own answers only."""
        while True:
            replica.learn(await ask(replica.address))
            self.apply()
            await asyncio.sleep(POLL_SECONDS)

    def apply(self) -> None:
        """Write the list and reload nginx, if the list changed."""
        chosen = choose(self.replicas.values())
        if chosen == self.chosen:
            return
        self.chosen = chosen
        print(f"balancer: replicas are now {', '.join(chosen) or 'none'}", flush=True)
        write(render(chosen))
        self.tell_nginx(signal.SIGHUP)

    def tell_nginx(self, number: signal.Signals) -> None:
        if self.nginx is not None:
            with contextlib.suppress(ProcessLookupError):
                self.nginx.send_signal(number)


def main() -> int:
    """nginx's exit status; 2 where a toggle holds what is not accepted."""
    try:
        settings = microcache(os.environ.get("LAB_MICROCACHE") or "0")
    except ValueError as bad:
        print(f"balancer: {bad}", file=sys.stderr)
        return 2
    MICROCACHE_FILE.write_text(settings)
    return asyncio.run(Balancer().run())


if __name__ == "__main__":
    sys.exit(main())
