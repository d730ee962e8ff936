"""One run's judgement of itself."""

from __future__ import annotations

import msgspec

from bench.judging import books, layers, load, machine
from bench.measuring.costs import per_request
from bench.result import Run


def judged(run: Run) -> Run:
    """The run with what its counters come to: costs by request, the books, and all that stands against it."""
    accounts = books.accounts(run.load, run.spent)
    flags = [
        *load.flags(run.load),
        *layers.flags(run.hit_ratios, run.toggles, run.load.seconds),
        *books.flags(accounts),
        *machine.flags(run.health),
    ]
    return msgspec.structs.replace(
        run, per_request=per_request(run.load, run.spent), accounts=accounts, flags=flags
    )
