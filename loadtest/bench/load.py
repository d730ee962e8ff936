"""The load, behind one small protocol: the real one is Locust in a container of its own."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import IO, Any, Protocol

import msgspec

from bench.counters import Counters
from bench.result import Load, Plan, Visits
from users.mixes import spelled

SLACK = 90.0
"""Seconds that a run may take beyond its warm-up and its measurement before it is ended."""

WRITES_PER_SECOND = 1.0
"""That sample freshness in the warm-up (users.truth)."""

AWAIT_SLACK = 300.0
"""Seconds more where workers of other machines have to join first: somebody types a command there."""

JOIN_PORT = 5557
"""Where these reach the load's container: on this machine's loopback address alone, for the protocol has no
password."""


Snapshot = Callable[[bool], Counters]
"""Reads the servers' counters; true when what was measured is over."""


class LoadFailed(RuntimeError):
    """The load could not be made, or ended without a result; the text says why."""


class Generator(Protocol):
    """Makes one run's load."""

    def begin(self, plan: Plan, visits: Visits, seed: int) -> None:
        """Start what the next run with the same arguments needs, and ask for nothing yet: that takes seconds,
        in which the stack may be recreated. Not needed before `run`. Raises LoadFailed."""

    def run(
        self, plan: Plan, visits: Visits, seed: int, snapshot: Snapshot
    ) -> tuple[Load, Counters, Counters]:
        """Make it. `snapshot` is called twice while nothing is in flight: right before the first counted
        request and right after the last. Raises LoadFailed."""

    def stop(self) -> None:
        """End what is under way or has begun; nothing happens when nothing is."""


class LocustInContainer:
    """`docker compose run locust`, with the driver's events read from its standard output.

    `started` is told the container's name, `said` what somebody has to do: with `await_workers`, that many
    workers of other machines have to join each run. `site_port` is where this machine has the site.
    """

    def __init__(
        self,
        host: str = "http://varnish:8080",
        started: Callable[[str], None] | None = None,
        *,
        await_workers: int = 0,
        site_port: int = 8080,
        said: Callable[[str], None] | None = None,
    ) -> None:
        self.host = host
        self.started = started or (lambda container: None)
        self.await_workers = await_workers
        self.site_port = site_port
        self.said = said or (lambda sentence: None)
        self.container = f"lab-load-{os.getpid()}"
        self._process: subprocess.Popen[str] | None = None
        self._begun: tuple[Plan, Visits, int] | None = None

    def command(self, plan: Plan, visits: Visits, seed: int) -> list[str]:
        compose = ["docker", "compose", "run", "--rm", "--no-deps", "-T", "--name", self.container]
        options: dict[str, object] = {
            "--host": self.host,
            "--mix": spelled(visits.mix),
            # In an open loop the driver has seats enough for what a stack that keeps up needs.
            **({"--users": visits.users} if visits.rate is None else {"--rate": visits.rate}),
            "--warm": plan.warm,
            "--measure": plan.measure,
            "--seed": seed,
            "--alpha": visits.alpha,
            "--pages": visits.pages,
            "--truth": WRITES_PER_SECOND,
            "--workers": plan.workers,
        }
        if self.await_workers:
            compose += ["--publish", f"127.0.0.1:{JOIN_PORT}:{JOIN_PORT}"]
            options |= {"--await-workers": self.await_workers, "--bind": "*"}
            options |= {"--port": JOIN_PORT}
        words = [text for name, value in options.items() for text in (name, str(value))]
        return [*compose, "locust", "python", "-m", "users.drive", "--handshake", *words]

    def joining(self) -> str:
        """How a worker of another machine joins."""
        port = self.site_port
        return (
            f"waiting for {self.await_workers} more workers; on each machine that is to be one:"
            f" ssh -N -L {JOIN_PORT}:localhost:{JOIN_PORT} -L {port}:localhost:{port} THIS-MACHINE,"
            f" and beside it: ./scripts/lab load-worker localhost:{JOIN_PORT} http://localhost:{port}"
        )

    def begin(self, plan: Plan, visits: Visits, seed: int) -> None:
        self._begin((plan, visits, seed))

    def _begin(self, run: tuple[Plan, Visits, int]) -> subprocess.Popen[str]:
        self.stop()
        try:
            # A session of its own: Ctrl-C is ours to handle, and ends the container in an orderly way.
            process = subprocess.Popen(
                self.command(*run),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        except OSError as error:
            raise LoadFailed(f"Locust can't be started: {error}") from error
        self._process, self._begun = process, run
        return process

    def run(
        self, plan: Plan, visits: Visits, seed: int, snapshot: Snapshot
    ) -> tuple[Load, Counters, Counters]:
        wanted = (plan, visits, seed)
        process = self._process if self._begun == wanted else None
        try:
            return self._follow(process or self._begin(wanted), plan, snapshot)
        finally:
            self.stop()

    def _follow(
        self, process: subprocess.Popen[str], plan: Plan, snapshot: Snapshot
    ) -> tuple[Load, Counters, Counters]:
        before: Counters | None = None
        patience = plan.warm + plan.measure + SLACK + (AWAIT_SLACK if self.await_workers else 0)
        for event in _events(process, time.monotonic() + patience):
            if event["event"] == "starting":
                self.started(self.container)
                _go_ahead(process.stdin)
            elif event["event"] == "awaiting":
                self.said(self.joining())
            elif event["event"] == "warm":
                before = snapshot(False)
                _go_ahead(process.stdin)
            elif event["event"] == "error":
                raise LoadFailed(str(event["reason"]))
            elif event["event"] == "result":
                if before is None:
                    raise LoadFailed("Locust was stopped before it measured anything")
                return msgspec.convert(event, Load), before, snapshot(True)
        raise LoadFailed("Locust ended without a result")

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            self._remove()
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            # It may have been about to make the container.
            self._remove()
        for stream in (process.stdin, process.stdout, process.stderr):
            # A go-ahead that nobody was there to read is still in the pipe's buffer.
            with suppress(BrokenPipeError):
                if stream:
                    stream.close()

    def _remove(self) -> None:
        """The container, where it is there."""
        subprocess.run(
            ["docker", "rm", "--force", self.container], capture_output=True, check=False
        )


def _go_ahead(stdin: IO[str] | None) -> None:
    # A driver that has ended meanwhile says why in its next event, or by its exit code.
    with suppress(BrokenPipeError):
        if stdin:
            stdin.write("go\n")
            stdin.flush()


def _events(process: subprocess.Popen[str], deadline: float) -> Iterator[dict[str, Any]]:
    """The driver's events as they come. Raises LoadFailed when it is late, or ends with an error."""
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    said: list[str] = []
    readers = [
        threading.Thread(target=_pump, args=(process.stdout, lines.put), daemon=True),
        threading.Thread(target=_pump, args=(process.stderr, said.append), daemon=True),
    ]
    for reader in readers:
        reader.start()
    while True:
        try:
            line = lines.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise LoadFailed("Locust did not end in time") from None
        if line is None:
            break
        if line.startswith("{"):
            yield json.loads(line)
    if process.wait() != 0:
        readers[1].join(timeout=5)
        last = next((text for text in reversed(said) if text and text.strip()), "no reason given")
        raise LoadFailed(f"Locust's container ended with {process.returncode}: {last.strip()}")


def _pump(stream: IO[str] | None, put: Callable[[Any], None]) -> None:
    """Hand on each line, and None at the end."""
    for line in stream or ():
        put(line)
    put(None)
