"""CPU time at one speed of the machine. Pure: runs in, figures out.

What a core does in a millisecond of CPU time differs from minute to minute, where others share the machine
or it grows warm, and the engine books milliseconds. The yardstick (`yardstick`) tells what one and the same
piece of work cost beside each run, on the same cores: CPU divided by it is the same in a slow minute.

Only where the yardstick itself was in the same position on both sides. Beside an edge that answers thousands
of requests a second, the piece is dearer by a sixth than beside a stack that is busy with few: the core idles
in between, and the kernel's work for the network is booked on whoever runs. Levelled, such a variant would
look cheaper than it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import exp, log
from statistics import fmean

from msgspec.structs import replace

from bench.result import Result, Run

ALIKE = 10.0
"""So many times as many requests a second may one side have answered as the other."""

Pairs = Sequence[tuple[Run, Run]]
"""Runs of one round."""


def alike(pairs: Pairs) -> bool:
    """Whether the runs can be levelled: the speed of all of them is known, by one yardstick, and in no pair
    did one side answer ALIKE times as much as the other."""
    rates = [sorted(run.load.requests_per_second for run in pair) for pair in pairs]
    return (
        usual_ms(run for pair in pairs for run in pair) is not None
        and all(slow > 0 for slow, _ in rates)
        and all(fast <= ALIKE * slow for slow, fast in rates)
    )


def at_one_speed(pairs: Pairs, cost: Callable[[Run], float]) -> list[tuple[float, float]]:
    """What both runs of each pair cost, in pieces of work; as it was booked where they are not `alike`."""
    if not alike(pairs):
        return [(cost(ours), cost(base)) for ours, base in pairs]
    return [(cost(ours) / _piece_ms(ours), cost(base) / _piece_ms(base)) for ours, base in pairs]


def together(results: Sequence[Result]) -> list[Result]:
    """Several results, each run's CPU at the speed that the machine had on average over all of them; as they
    are where that can't be told. For what is compared variant by variant, and so is alike."""
    usual = usual_ms(run for result in results for run in result.runs)
    if usual is None:
        return list(results)
    return [replace(result, runs=[_at(run, usual) for run in result.runs]) for result in results]


def usual_ms(runs: Iterable[Run]) -> float | None:
    """What the piece of work cost on average (geometric mean); None where that can't be told for all of the
    runs, or was told by several yardsticks."""
    speeds = [run.speed for run in runs]
    known = [speed for speed in speeds if speed is not None]
    if not known or len(known) < len(speeds) or len({speed.yardstick for speed in known}) > 1:
        return None
    return exp(fmean(log(speed.piece_ms) for speed in known))


def _piece_ms(run: Run) -> float:
    if run.speed is None:
        raise ValueError("a run whose speed is not known can't be levelled")
    return run.speed.piece_ms


def _at(run: Run, piece_ms: float) -> Run:
    times = piece_ms / _piece_ms(run)
    return replace(run, cpu_ms={service: ms * times for service, ms in run.cpu_ms.items()})
