"""The processes of a run, and how they are told to take each step together.

One process needs nobody to tell it. Several are Locust's own workers, here or on other machines, and this
is their master: they join, and each step is a message to all of them and an answer from each, so that
between two steps nothing is in flight anywhere. Locust's dispatcher is left alone: it gives out users
only, and each worker must also have its part of the rate, of the pages and of the visitors' numbers.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from operator import itemgetter
from typing import Any, Protocol

from gevent.event import Event
from locust.env import Environment
from locust.exception import RPCError
from locust.runners import STATE_MISSING

from users.generator import DRAIN_PATIENCE, Generator, Orders, Unready
from users.recorder import Json
from users.wire import ANSWER, HERE, JOIN, REFUSE, STEP, STOP, code

JOIN_PATIENCE = 30.0
"""Seconds for this machine's workers to start and join."""

AWAIT_PATIENCE = 300.0
"""Seconds for those of other machines: somebody types a command there."""

LEARN_PATIENCE = 60.0

SLACK = 30.0
"""Seconds beyond those a step takes before a worker that did not answer is given up."""

LOST_AFTER = 10.0
"""Seconds without a heartbeat; Locust has it `missing` after 3, which a busy moment can take."""


class Team(Protocol):
    """Those who make a run's load. Each step raises Unready; `stop` ends the one under way early."""

    def learn(self, orders: Orders) -> None: ...

    def warm(self) -> bool:
        """Whether nothing was in flight in the end."""

    def measure(self) -> Mapping[str, Json]:
        """What each counted, by its name."""

    def stop(self) -> None: ...

    def dismiss(self) -> None:
        """It is over."""


class Alone:
    """This process makes the whole load."""

    def __init__(self) -> None:
        environment = Environment()
        self.runner = environment.create_local_runner()
        self.generator = Generator(environment, self.runner)

    def learn(self, orders: Orders) -> None:
        self.generator.learn(orders)

    def warm(self) -> bool:
        return self.generator.warm()

    def measure(self) -> Mapping[str, Json]:
        return {f"{HERE}1": self.generator.measure()}

    def stop(self) -> None:
        self.generator.stop()

    def dismiss(self) -> None:
        self.runner.quit()


class Workers:
    """`here` processes of this machine and `elsewhere` of others.

    `address` is where the master listens, `port` 0 any free one. `awaiting` is told how many others can
    join now, and where.
    """

    def __init__(
        self,
        here: int,
        elsewhere: int,
        address: str,
        port: int,
        awaiting: Callable[[int, str, int], None],
    ) -> None:
        self.here = here
        self.elsewhere = elsewhere
        self.address = address
        self.awaiting = awaiting
        self.stopped = Event()
        self.over = False
        self.names: dict[str, str] = {}
        self.hosts: dict[str, str] = {}
        self.refused: list[str] = []
        self.orders: Orders | None = None
        self._answers: dict[str, Json] = {}
        self._step = ""
        self._changed = Event()
        self._missing: dict[str, float] = {}
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        try:
            self.runner = Environment().create_master_runner(address, port)
        except (RPCError, SystemExit):
            # Locust ends the process where it knows the message that says so.
            raise Unready(f"port {port} is in use: choose another with --port") from None
        self.runner.register_message(JOIN, self._joined)
        self.runner.register_message(ANSWER, self._answered)

    def learn(self, orders: Orders) -> None:
        self._gather()
        self.orders = orders
        parts = self._parts(orders)
        self._all("learn", LEARN_PATIENCE, {who: asdict(part) for who, part in parts.items()})

    def warm(self) -> bool:
        return all(self._all("warm", self._warm_seconds).values())

    def measure(self) -> Mapping[str, Json]:
        counted = self._all("measure", self._measure_seconds)
        return {self.names[who]: counted[who] for who in self.names}

    def stop(self) -> None:
        self.stopped.set()
        self.runner.send_message(STOP)

    def dismiss(self) -> None:
        self.over = True
        self.runner.quit()
        for child in self._children.values():
            try:
                child.wait(timeout=5)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    @property
    def wanted(self) -> int:
        return self.here + self.elsewhere

    def _gather(self) -> None:
        """Until all have joined. Raises Unready."""
        port = self.runner.server.port
        for number in range(1, self.here + 1):
            name = f"{HERE}{number}"
            command = [sys.executable, "-m", "users.drive", "--name", name]
            # A session of its own: Ctrl-C is the master's to handle. Its output is no part of ours.
            self._children[name] = subprocess.Popen(
                [*command, "--join", f"127.0.0.1:{port}"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        if self.elsewhere:
            self.awaiting(self.elsewhere, self.address, port)
        until = time.monotonic() + (AWAIT_PATIENCE if self.elsewhere else JOIN_PATIENCE)
        while len(self.names) < self.wanted:
            self._look_after()
            if self.stopped.is_set() or time.monotonic() > until:
                why = f" ({'; '.join(self.refused)})" if self.refused else ""
                raise Unready(f"{len(self.names)} of {self.wanted} workers joined{why}")
            self._await_change()
        # Who joined first is chance; which part of the load is whose must not be.
        self.names = dict(sorted(self.names.items(), key=itemgetter(1)))

    def _parts(self, whole: Orders) -> dict[str, Orders]:
        """Each worker's orders: together they are the whole."""
        parts = {}
        for number, who in enumerate(self.names):
            parts[who] = replace(
                whole,
                host=self.hosts[who] or whole.host,
                seats=whole.seats // self.wanted + (number < whole.seats % self.wanted),
                rate=None if whole.rate is None else whole.rate / self.wanted,
                worker=number,
                workers=self.wanted,
            )
        return parts

    def _all(
        self, step: str, patience: float, orders: Mapping[str, Json] | None = None
    ) -> dict[str, Any]:
        """Tell all workers to take the step; what each answered. Raises Unready."""
        self._answers, self._step = {}, step
        for who in self.names:
            asked = {"step": step, "orders": (orders or {}).get(who)}
            self.runner.send_message(STEP, asked, who)
        until = time.monotonic() + patience
        while len(self._answers) < len(self.names):
            self._look_after()
            if time.monotonic() > until:
                late = [name for who, name in self.names.items() if who not in self._answers]
                raise Unready(f"{', '.join(late)}: no answer to “{step}” in {patience:.0f} s")
            self._await_change()
        for who, answer in self._answers.items():
            if answer["error"]:
                raise Unready(f"{self.names[who]}: {answer['error']}")
        return {who: answer["answer"] for who, answer in self._answers.items()}

    def _await_change(self) -> None:
        self._changed.wait(0.1)
        self._changed.clear()

    def _look_after(self) -> None:
        """Raises Unready when somebody is gone: what the others count would not be the whole."""
        for name, child in self._children.items():
            if child.poll() is not None:
                raise Unready(f"{name} ended with {child.returncode} before the run was over")
        now = time.monotonic()
        for who, name in self.names.items():
            node = self.runner.clients.get(who)
            if node is None:
                raise Unready(f"{name} left before the run was over")
            if node.state != STATE_MISSING:
                self._missing.pop(who, None)
            elif now - self._missing.setdefault(who, now) > LOST_AFTER:
                raise Unready(f"{name} was lost: nothing is heard of it")

    def _joined(self, environment: Environment, msg: Any, **_: Any) -> None:
        told, who = msg.data, msg.node_id
        if self.over:
            # It comes back too soon, for the next run: that one has a master of its own.
            self.runner.send_message("quit", None, who)
            return
        why = ""
        if told["code"] != code():
            why = f"{told['name']} has another revision of the visitors than the master"
        elif len(self.names) == self.wanted or self.orders:
            why = f"{told['name']} is one worker more than are wanted"
        if why:
            self.refused.append(why)
            self.runner.send_message(REFUSE, {"reason": why}, who)
            return
        self.names[who] = self._unique(told["name"])
        self.hosts[who] = told["host"]
        self._changed.set()

    def _unique(self, name: str) -> str:
        same = sum(taken == name or taken.startswith(f"{name} ") for taken in self.names.values())
        return f"{name} ({same + 1})" if same else name

    def _answered(self, environment: Environment, msg: Any, **_: Any) -> None:
        if msg.data["step"] == self._step and msg.node_id in self.names:
            self._answers[msg.node_id] = msg.data
            self._changed.set()

    @property
    def _warm_seconds(self) -> float:
        return self._told.warming + DRAIN_PATIENCE + SLACK

    @property
    def _measure_seconds(self) -> float:
        return self._told.measure + DRAIN_PATIENCE + SLACK

    @property
    def _told(self) -> Orders:
        if self.orders is None:
            raise RuntimeError("learn() comes before the other steps")
        return self.orders
