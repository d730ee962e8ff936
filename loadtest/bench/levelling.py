"""CPU time at one speed of the machine. Pure: runs in, figures out.

What a core does in a millisecond of CPU time differs from minute to minute, where others share the machine
or it grows warm, and the engine books milliseconds. The yardstick (`yardstick`) tells what one and the same
piece of work cost beside each run, on the same cores: CPU divided by it is the same in a slow minute. A
request is more sensitive than the piece is, by a power that was measured once. One that is wrong leaves more
scatter in the ratios of a result's rounds, whose order is random; of two results, measured at two speeds, it
moves all ratios alike.

Only where the yardstick itself was in the same position on both sides. Beside an edge that answers thousands
of requests a second, the core idles in between, the kernel's work for the network is booked on whoever runs,
and a request is another thing, whose power nobody has measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import exp, log, sqrt
from operator import mul
from statistics import fmean

from msgspec.structs import replace

from bench.result import Result, Run

SENSITIVITY = 1.5
"""Where a piece costs 1 % more, a request costs so many percent more: it needs more of the memory that all on
a host share. Measured: docs/instrument.md, and by `check instrument` wherever that runs."""

DOUBT = 0.3
"""By so much may it be off: five sets of runs had 1.28 to 1.72, the largest of them 1.28 ± 0.04."""

EARLIER = {"1": 1.0}
"""The same for the pieces of before, by the number in their yardstick's name."""

LEAST_MOVED = 0.01
"""Of a machine whose speed moves less (the logarithm's standard deviation) nothing can be told of it."""

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
    """What both runs of each pair would have cost where a piece costs 1 ms; as it was booked where they are
    not `alike`."""
    if not alike(pairs):
        return [(cost(ours), cost(base)) for ours, base in pairs]
    return [(cost(ours) / _dearer(ours), cost(base) / _dearer(base)) for ours, base in pairs]


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


def doubt(before: Sequence[Run], after: Sequence[Run]) -> float:
    """By how much a ratio of CPU between two sets of runs may be off (of the logarithm), since the power by
    which it is levelled is known to DOUBT: nothing where both were measured at one speed, or where that isn't
    known of both, by one yardstick."""
    old, new = usual_ms(before), usual_ms(after)
    if old is None or new is None or usual_ms([*before, *after]) is None:
        return 0.0
    return DOUBT * abs(log(new / old))


def sensitivity(runs: Sequence[Run], cost: Callable[[Run], float]) -> tuple[float, float] | None:
    """By which power of the piece's cost that of a request rose in these runs, each beside the others of its
    variant: what SENSITIVITY is on the machine that made them, and the standard error of that. None where it
    can't be told."""
    if usual_ms(runs) is None or any(cost(run) <= 0 for run in runs):
        return None
    variants = {run.variant: [each for each in runs if each.variant == run.variant] for run in runs}
    pieces = [off for each in variants.values() for off in _off_mean(_piece_ms, each)]
    costs = [off for each in variants.values() for off in _off_mean(cost, each)]
    free = len(runs) - len(variants) - 1
    moved = sum(map(mul, pieces, pieces))
    if free < 1 or moved < len(runs) * LEAST_MOVED**2:
        return None
    power = sum(map(mul, pieces, costs)) / moved
    left = sum((rose - power * piece) ** 2 for rose, piece in zip(costs, pieces, strict=True))
    return power, sqrt(left / free / moved)


def _off_mean(figure: Callable[[Run], float], runs: Sequence[Run]) -> list[float]:
    """Logarithms, less their mean."""
    logs = [log(figure(run)) for run in runs]
    return [each - fmean(logs) for each in logs]


def power_of(runs: Iterable[Run]) -> float:
    """SENSITIVITY, by the yardstick that was beside these runs (one for all of them)."""
    speed = next((run.speed for run in runs if run.speed), None)
    number = speed.yardstick.partition(",")[0] if speed else ""
    return EARLIER.get(number, SENSITIVITY)


def _piece_ms(run: Run) -> float:
    if run.speed is None:
        raise ValueError("a run whose speed is not known can't be levelled")
    return run.speed.piece_ms


def _dearer(run: Run, than_ms: float = 1.0) -> float:
    """How many times as much a request cost beside this run as where a piece costs `than_ms`."""
    times: float = (_piece_ms(run) / than_ms) ** power_of([run])
    return times


def _at(run: Run, piece_ms: float) -> Run:
    times = 1 / _dearer(run, piece_ms)
    return replace(run, cpu_ms={service: ms * times for service, ms in run.cpu_ms.items()})
