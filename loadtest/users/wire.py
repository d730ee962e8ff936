"""What a master and its workers say to each other, besides what Locust makes them say.

JOIN    worker → master   name, host (where it reaches the site; "" is where the master does), code
REFUSE  master → worker   reason: it is not needed, or wouldn't do the same
STEP    master → worker   step (`learn` with orders, `warm`, `measure`)
ANSWER  worker → master   step, answer or error
STOP    master → workers  end the step under way early

The protocol has neither a password nor encryption: where it leaves the machine it belongs into a tunnel.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

JOIN = "lab-join"
REFUSE = "lab-refuse"
STEP = "lab-step"
ANSWER = "lab-answer"
STOP = "lab-stop"

HERE = "local-"
"""How the names of the master's own machine's workers begin; others say their own."""

PORT = 5557
"""Where a master listens for workers of other machines; Locust's own."""


@cache
def code() -> str:
    """A digest of this package: workers of one run must do the same."""
    digest = sha256()
    package = Path(__file__).parent
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def place(text: str) -> tuple[str, int]:
    """Host and port of `HOST` or `HOST:PORT`. Raises ValueError."""
    host, _, port = text.partition(":")
    if not host or (port and not (port.isdecimal() and 0 < int(port) < 65536)):
        raise ValueError(f"{text!r}: accepted is HOST or HOST:PORT")
    return host, int(port or PORT)
