"""One run's judgement of itself."""

from __future__ import annotations

import msgspec

from bench import truth
from bench.judging import books, layers, load, machine
from bench.measuring.costs import per_request
from bench.result import Run

MICROCACHE = "LAB_MICROCACHE"
"""Seconds for which nginx keeps pages; 0 for not at all."""


def judged(run: Run, low_hits: bool = False) -> Run:
    """The run with what its counters come to: costs by request, the books, and all that stands against it.

    low_hits: a layer that serves little is what is asked about, and no fault.
    """
    ours = truth.is_ours(run.toggles)
    passes = run.toggles.get(MICROCACHE, "0") == "0"
    accounts = books.accounts(run.load, run.spent, ours, passes)
    flags = [
        *load.flags(run.load),
        *layers.flags(
            run.hit_ratios, run.toggles, run.load.seconds, ours, low_hits, run.load.unprimed
        ),
        *books.flags(accounts),
        *machine.flags(run.health),
        *truth.flags(run.load.truth, run.toggles),
    ]
    return msgspec.structs.replace(
        run, per_request=per_request(run.load, run.spent), accounts=accounts, flags=flags
    )
