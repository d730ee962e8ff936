"""One run's judgement of itself."""

from __future__ import annotations

import msgspec

from bench.judging import books, layers, load, machine
from bench.measuring.costs import per_request
from bench.result import Run

OTHERS = "LAB_SETTINGS_MODULE"
"""Set for a variant whose pages are cached by something else than this site's policies."""


def judged(run: Run) -> Run:
    """The run with what its counters come to: costs by request, the books, and all that stands against it."""
    ours = OTHERS not in run.toggles
    accounts = books.accounts(run.load, run.spent, ours)
    flags = [
        *load.flags(run.load),
        *layers.flags(run.hit_ratios, run.toggles, run.load.seconds, ours),
        *books.flags(accounts),
        *machine.flags(run.health),
    ]
    return msgspec.structs.replace(
        run, per_request=per_request(run.load, run.spent), accounts=accounts, flags=flags
    )
