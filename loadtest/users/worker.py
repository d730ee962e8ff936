"""A process that makes part of the load for a master, on this machine or another."""

from __future__ import annotations

import signal
import traceback
from collections.abc import Callable
from typing import Any

import gevent
from locust.env import Environment
from locust.runners import WorkerRunner

from users.generator import Generator, Orders, Unready
from users.wire import ANSWER, JOIN, REFUSE, STEP, STOP, code

Emit = Callable[..., None]


class Worker:
    """One run's worth of work for one master. `host` is where this machine reaches the site, "" where the
    master does; `emit` is told how it goes."""

    def __init__(self, master: tuple[str, int], host: str, name: str, emit: Emit) -> None:
        self.environment = Environment()
        self.emit = emit
        self.code = 0
        try:
            self.runner: WorkerRunner = self.environment.create_worker_runner(*master)
        except ConnectionError as error:
            raise Unready(f"nobody answers at {master[0]}:{master[1]}") from error
        self.generator = Generator(self.environment, self.runner)
        # Each listener in a greenlet of its own: while a step is under way, `stop` must be heard.
        self.runner.register_message(STEP, self._step, concurrent=True)
        self.runner.register_message(STOP, self._stop)
        self.runner.register_message(REFUSE, self._refused)
        self.runner.send_message(JOIN, {"name": name, "host": host, "code": code()})

    def serve(self) -> int:
        """Until the master says that it is over; an exit code."""
        for number in (signal.SIGINT, signal.SIGTERM):
            gevent.signal_handler(number, self._leave)
        self.emit("joined", host=self.runner.master_host, port=self.runner.master_port)
        self.runner.greenlet.join()
        if self.code == 0:
            self.emit("left")
        return self.code

    def _step(self, environment: Environment, msg: Any, **_: Any) -> None:
        step = msg.data["step"]
        self.emit(step)
        try:
            answer, error = self._take(step, msg.data["orders"]), ""
        except Unready as unready:
            answer, error = None, str(unready)
        except Exception as broken:
            # Else the master would wait for an answer until its patience ends, and not know why.
            traceback.print_exc()
            answer, error = None, f"it broke: {broken!r}"
        self.runner.send_message(ANSWER, {"step": step, "answer": answer, "error": error})

    def _take(self, step: str, orders: dict[str, Any] | None) -> Any:
        if step == "learn":
            told = Orders(**(orders or {}))
            signal.alarm(told.longest)
            return self.generator.learn(told)
        return self.generator.warm() if step == "warm" else self.generator.measure()

    def _stop(self, environment: Environment, msg: Any, **_: Any) -> None:
        self.generator.stop()

    def _refused(self, environment: Environment, msg: Any, **_: Any) -> None:
        self.emit("error", reason=msg.data["reason"])
        self.code = 1
        gevent.spawn(self.runner.quit)

    def _leave(self) -> None:
        """On Ctrl-C or TERM: the master is told, and gives the run up."""
        self.code = 130
        self.environment.events.quitting.fire(environment=self.environment, reverse=True)
        self.runner.quit()
