"""How fast the stack's cores were while a run was measured: the yardstick, started beside it and read.

What it is and why: `yardstick`. It runs in a container of the load's image, from the warm-up on, on the
stack's cores. What counts are the pieces that it made between both ends of the measurement.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from statistics import fmean
from typing import IO

from bench.counters import Counters
from bench.result import Speed

PATIENCE = 10.0
"""Seconds that it may take to end by itself."""

FEWEST = 10
"""Pieces: of fewer chance decides."""


class Yardstick:
    """Works while it is entered. `command` prints its name, then a line for each piece, until its standard
    input ends; `end` takes away what it started where it does not. Where it can't be had, there is no speed
    to tell, and the run goes on without."""

    def __init__(self, command: Sequence[str], end: Callable[[], None]) -> None:
        self._command = command
        self._end = end
        self._lines: list[str] = []
        self._measured = slice(0, 0)
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Yardstick:
        with suppress(OSError):
            # A session of its own: Ctrl-C is the benchmark's to handle.
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,  # with its end, should this process be killed, the work ends
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                start_new_session=True,
            )
            threading.Thread(target=self._pump, args=(self._process.stdout,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin:
            process.stdin.close()
        try:
            process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self._end()
            process.kill()
            process.wait()

    def _pump(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                self._lines.append(line)

    def around(self, snapshot: Callable[[bool], Counters]) -> Callable[[bool], Counters]:
        """The snapshot for both ends of a measurement (bench.load.Snapshot), which tells where it begins and
        ends."""

        def taken(ending: bool) -> Counters:
            if ending:
                self._measured = slice(self._measured.start, len(self._lines))
            counters = snapshot(ending)
            if not ending:
                self._measured = slice(len(self._lines), None)
            return counters

        return taken

    def speed(self) -> Speed | None:
        """Of what was measured; None where too little was made."""
        name, *_ = self._lines or [""]
        # The name's own line is no piece, wherever the measurement began.
        pieces = [float(line) for line in self._lines[self._measured] if line is not name]
        if len(pieces) < FEWEST or min(pieces) <= 0:
            return None
        return Speed(yardstick=name.strip(), piece_ms=fmean(pieces), pieces=len(pieces))
