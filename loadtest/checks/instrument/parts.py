"""Three parts of the four, each of one variant and another: what is measured, and what is made of it."""

from __future__ import annotations

from collections.abc import Iterator
from math import nan

from msgspec.structs import replace

from bench.changes.metrics import METRICS
from bench.changes.verdicts import in_common
from bench.compare import Comparison, Ratio, compared, cpu
from bench.levelling import sensitivity, together
from bench.reporting.words import times
from bench.result import Result, Run, Variant, Visits

from ..edge.figures import Line, Part
from .asked import Asked
from .layers import layers
from .measure import Maker, plan
from .slowed import DJANGO, SLOWDOWN

TOGGLES = {
    "LAB_UPSTREAM": "redis",
    "LAB_EDGE_PAGES": "off",
    "LAB_EDGE_ASSETS": "off",
    "LAB_GENERATED": "on",
}
"""What is measured: every server but the edge works for each page, and nothing is at its own limit."""

REPEATS_WITHIN = 0.03

# Few enough posts that a short warm-up asks for all of them.
VISITS = Visits(mix="readers", users=16, pages=40)

BARE_TOGGLES = {**TOGGLES, "LAB_UPSTREAM": "off"}
"""What is slowed: nothing is kept at all, so that the view is as much of a request as it ever is."""

ONE = Variant("one", "Django keeps values and fragments in Redis.", TOGGLES, VISITS)
OTHER = Variant(
    "other", "The same, under another name.", TOGGLES, VISITS, title="nothing but its name"
)
BARE = Variant("bare", "Nothing is cached; every layer is still in the path.", BARE_TOGGLES, VISITS)
SLOWED = Variant(
    "slowed",
    "The same, and each view burns a tenth more of its CPU time.",
    {**BARE_TOGGLES, "LAB_SLOWDOWN": SLOWDOWN},
    VISITS,
    title="a tenth more work in each view",
)


def aa(maker: Maker, asked: Asked) -> Part:
    """One variant beside itself: no difference is to be seen."""
    rounds = asked.same * asked.same_rounds
    pair = [ONE, OTHER]
    result = maker.runs(plan("aa", pair, rounds, asked.warm, asked.same_measure))
    found = list(comparisons(result, OTHER.name, ONE.name, asked.same_rounds))
    most, _ = asked.missed_at_most
    return Part(
        [
            Line("comparisons of one variant with itself", len(found)),
            Line("of them, a difference in CPU per request was seen in",
                 sum(seen(each.cpu) for each in found), most=most),
            Line("of them, a difference in Django's alone was seen in",
                 sum(seen(djangos(each)) for each in found), most=most),
            *_judged(found, result),
        ],
        [*(said(each) for each in found), *_as_two_results(result)],
    )  # fmt: skip


def _as_two_results(result: Result) -> list[str]:
    """The later half of the rounds beside the earlier, by what `compare` does: the mean of both variants'
    changes. Of one trial, which misses in 5 of 100, nothing is made."""
    half = result.plan.rounds // 2
    level = together([result])[0]
    before = replace(level, runs=[run for run in level.runs if run.round <= half])
    after = replace(level, runs=[run for run in level.runs if run.round > half])
    found = in_common(before, after, result.plan.variant_names, METRICS["cpu"])
    if found is None or found.ratio is None:
        return []
    later = f"rounds {half + 1} to {result.plan.rounds} beside those before, as two results"
    return [f"{later}: CPU per request {times(found.ratio)}, {found.word}"]


def repeat(maker: Maker, asked: Asked) -> Part:
    """Two runs of one variant: CPU per request within a few percent.

    In one round, since every round has visitors of its own, and other pages cost another sum."""
    result = maker.runs(plan("repeat", [ONE, OTHER], 1, asked.long_warm, asked.long_measure))
    stacks = [cpu(run) for run in together([result])[0].runs]
    booked = [cpu(run) for run in result.runs]
    speeds = [run.speed.piece_ms if run.speed else 0.0 for run in result.runs]
    loads = [load_cpu(run) for run in result.runs]
    return Part(
        [
            Line("CPU per request of two runs differs by", apart(*stacks), "%",
                 most=100 * REPEATS_WITHIN),
            Line("as it was booked, at two speeds of the machine, by", apart(*booked), "%"),
            Line("the speeds differ by", apart(*speeds), "%"),
            Line("the load's own CPU per request differs by", apart(*loads), "%"),
            Line("valid runs of 2", sum(run.valid for run in result.runs), least=2),
        ],
        [
            "{:.3f} and {:.3f} ms of CPU per request".format(*stacks),
            "{:.3f} and {:.3f} ms as booked".format(*booked),
            "{:.3f} and {:.3f} ms of the load's own".format(*loads),
            *objections(result),
        ],
    )  # fmt: skip


def load_cpu(run: Run) -> float:
    """Milliseconds of Locust's own for each answer. It is no part of the stack: where it is dearer by as much
    as the stack is, the machine was slower."""
    return 1000 * run.load.cpu_seconds / run.load.answered if run.load.answered else 0.0


def apart(first: float, second: float) -> float:
    """By how many percent of the first; NaN, which is within no bounds, where there is none."""
    return 100 * abs(second / first - 1) if first else nan


def detect(maker: Maker, asked: Asked) -> Part:
    """Each view a tenth slower: a difference is to be seen in what Django spends, and to be upwards.

    In the sum over all services it is thinner by what the others cost, and their scatter lies over it."""
    rounds = asked.slowed * asked.slowed_rounds
    pair = [BARE, SLOWED]
    result = maker.runs(plan("detect", pair, rounds, asked.warm, asked.slowed_measure))
    found = list(comparisons(result, SLOWED.name, BARE.name, asked.slowed_rounds))
    _, most = asked.missed_at_most
    return Part(
        [
            Line("comparisons with views made a tenth slower", len(found)),
            Line("of them, it was noticed in Django's CPU per request in",
                 sum(dearer(djangos(each)) for each in found), least=len(found) - most),
            Line("of them, in that of all services together in",
                 sum(dearer(each.cpu) for each in found)),
            *_judged(found, result),
        ],
        [said(each) for each in found],
    )  # fmt: skip


PARTS = {"aa": aa, "repeat": repeat, "detect": detect, "layers": layers}


def comparisons(result: Result, ours: str, against: str, rounds: int) -> Iterator[Comparison]:
    """The result's rounds, so many at a time: each group is a comparison that shares no run with another.
    Rounds that make no whole group are left."""
    for first in range(1, result.plan.rounds - rounds + 2, rounds):
        group = range(first, first + rounds)
        part = replace(result, runs=[run for run in result.runs if run.round in group])
        yield compared(part, ours, against)


def djangos(comparison: Comparison) -> Ratio | None:
    """The ratio of what Django's replicas spend on a request."""
    return comparison.services.get(DJANGO)


def seen(ratio: Ratio | None) -> bool:
    """Whether its interval is clear of 1."""
    return ratio is not None and not ratio.undecided


def dearer(ratio: Ratio | None) -> bool:
    return ratio is not None and not ratio.undecided and ratio.value > 1


def said(comparison: Comparison) -> str:
    everybodys, own = _told(comparison.cpu), _told(djangos(comparison))
    verdict = f", {comparison.verdict}" if comparison.reasons else ""
    return f"CPU per request {everybodys}; Django's {own}{verdict}"


def _told(ratio: Ratio | None) -> str:
    if ratio is None:
        return "no ratio"
    return f"{times(ratio)}, {'seen' if seen(ratio) else 'not seen'}"


def _judged(found: list[Comparison], result: Result) -> list[Line]:
    """A comparison whose rounds don't tell proves nothing, and a run that is invalid has said why."""
    return [
        Line(
            "comparisons whose CPU is VALID",
            sum(each.tells("cpu") for each in found),
            least=len(found),
        ),
        Line(
            "comparisons whose requests/s are VALID",
            sum(each.tells("throughput") for each in found),
        ),
        Line("invalid runs", sum(not run.valid for run in result.runs)),
        *_sensitive([run for run in result.runs if run.valid]),
    ]


def _sensitive(runs: list[Run]) -> Iterator[Line]:
    """What `bench.levelling` takes for a constant, as it is on this machine."""
    found = sensitivity(runs, cpu)
    if found:
        power, error = found
        what = "where a piece of the yardstick costs 1 % more, a request costs more by"
        yield Line(what, power, "%")
        yield Line("give or take (standard error)", error, "%")


def objections(result: Result) -> list[str]:
    return [
        f"round {run.round}, {run.variant}: {flag.reason}"
        for run in result.runs
        for flag in run.flags
        if flag.fatal
    ]
