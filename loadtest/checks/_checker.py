"""The stale-read checker (web/freshness) put to a variant, in a container of its own beside the stack."""

from __future__ import annotations

import json
from collections.abc import Mapping

import msgspec

from . import stack

PATIENCE = 120
"""Seconds for the reads of one variant."""

PAUSE = 0.02
"""Transactions last longer by a random part of this many seconds, as those with more to do."""


class Counted(msgspec.Struct, frozen=True):
    """What the checker saw: counts, and the longest that a stale read was behind, in seconds."""

    reads: int
    writes: int
    hits: int
    stale: int
    longest: float
    errors: int
    first_error: str = ""

    @property
    def per_million(self) -> float:
        return 1e6 * self.stale / max(1, self.reads)


def count(subject: str, toggles: Mapping[str, str], reads: int, share: float) -> Counted:
    """Have at least so many reads checked; `share` of all that workers do is writes. Raises
    stack.CommandError where the checker can't be run."""
    done = stack.attempt(
        *("docker", "compose", "run", "--rm", "--no-deps", "-T", "web"),
        *("python", "manage.py", "check_freshness", "--json", f"--subject={subject}"),
        *(f"--reads={reads}", f"--writes={100 * share:.2f}"),
        *(f"--pause={PAUSE}", f"--patience={PATIENCE}"),
        toggles=toggles,
    )
    return counted(done.stdout, done.stderr)


def counted(said: str, complaint: str = "") -> Counted:
    """The outcome from the checker's last line. Raises stack.CommandError where there is none."""
    last = next(reversed(said.splitlines()), "")
    try:
        return msgspec.convert(json.loads(last), Counted)
    except (ValueError, msgspec.ValidationError):
        lines = (complaint or said).strip().splitlines()
        reason = lines[-1] if lines else "it said nothing"
        raise stack.CommandError(f"the stale-read checker gave no result: {reason}") from None
