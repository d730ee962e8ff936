"""Takes up what the live page asks for: one switch at a time, and nothing but declared toggles."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import switches
from toggles import BadToggle

from .spool import Request, Spool

Switch = Callable[[str, str], None]
"""Of an accepted name and value. Raises SwitchFailed."""

BEAT = 2.0  # seconds
LOOK = 0.5  # seconds between two looks into the folder
PATIENCE = 600  # seconds for one switch


class SwitchFailed(Exception):
    """The text says in one line why."""


def toggle(top: Path, environ: Mapping[str, str]) -> Switch:
    """As `./scripts/lab toggle NAME=VALUE` does it."""

    def switch(name: str, value: str) -> None:
        # The shell would beat what is switched.
        inherited = {key: text for key, text in environ.items() if key != name}
        try:
            done = subprocess.run(
                ["./scripts/lab", "toggle", f"{name}={value}"],
                cwd=top,
                env=inherited,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                # Ctrl-C ends this helper when the switch under way is done, and not in its middle.
                start_new_session=True,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise SwitchFailed(f"it took over {PATIENCE} s: ./scripts/lab status") from None
        except OSError as error:
            raise SwitchFailed(f"./scripts/lab can't be run: {error.strerror}") from error
        if done.returncode:
            lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
            raise SwitchFailed(lines[-1] if lines else f"it ended with {done.returncode}")

    return switch


class Helper:
    """say: tells its user of each request. stopped: ends it."""

    def __init__(
        self, spool: Spool, switch: Switch, say: Callable[[str], None], stopped: Event
    ) -> None:
        self._spool = spool
        self._switch = switch
        self._say = say
        self._stopped = stopped

    def run(self) -> None:
        """Until it is stopped. Raises OSError where the folder can't be used."""
        self._spool.open()
        beating = Thread(target=self._beat, daemon=True)
        beating.start()
        try:
            while not self._stopped.wait(LOOK):
                self.look()
        finally:
            self._stopped.set()
            beating.join()
            self._spool.close()

    def look(self) -> None:
        """Does what has been asked for until now."""
        requests = self._spool.take()
        for request in requests[1:]:
            self._spool.tell(request, "waiting", "another switch is under way")
        for request in requests:
            if self._stopped.is_set():
                self._spool.tell(request, "failed", "switching was ended on the host")
            else:
                self._do(request)

    def _do(self, request: Request) -> None:
        began = time.monotonic()
        try:
            name, value = switches.check(request.toggle, request.value)
            if measuring(self._spool.folder):
                raise SwitchFailed("a benchmark runs, and would measure something else")
            self._say(f"{name}={value} …")
            self._spool.tell(request, "running", f"{name}={value}: recreating what reads it")
            self._switch(name, value)
        except (BadToggle, SwitchFailed) as problem:
            self._tell(request, "failed", str(problem))
        else:
            seconds = time.monotonic() - began
            self._tell(request, "done", f"{name}={value} is in force after {seconds:.0f} s")

    def _tell(self, request: Request, state: str, text: str) -> None:
        self._spool.tell(request, state, text)
        self._say(f"{state}: {text}")

    def _beat(self) -> None:
        while not self._stopped.wait(BEAT):
            self._spool.beat()


def measuring(folder: Path) -> bool:
    """Whether a benchmark runs."""
    with suppress(OSError, ValueError, TypeError):
        told = json.loads((folder / "bench.json").read_text(encoding="utf-8"))
        return told.get("running") is True and float(told.get("until", 0)) > time.time()
    return False
