"""The answer, in a sentence for each layer; the terminal and the report say the same."""

from __future__ import annotations

import msgspec

from bench import effects
from bench.compare import Ratio, Row, paired, rows
from bench.counters import on_path
from bench.result import Flag, Pair, Plan, Result
from bench.verdict import CODES


class Finding(msgspec.Struct, frozen=True):
    """`title` names the layers, `text` says what they were worth."""

    title: str
    text: str


def findings(result: Result) -> list[Finding]:
    """One for each titled variant beside its base, one for each other pair, and what factors have to do
    with each other; none without runs of both."""
    plan = result.plan
    found = [
        Finding(title, _alone(row, _called(plan, plan.base_of(row.variant))))
        for row in rows(result)
        if plan.base_of(row.variant) != row.variant
        and row.throughput
        and (title := plan.variant(row.variant).title)
    ]
    return [*found, *_taken_away(result), *_factors(result)]


def _called(plan: Plan, name: str) -> str:
    """Its title within a sentence, else its name."""
    return plan.variant(name).title or f"“{name}”"


def _factors(result: Result) -> list[Finding]:
    figures = {
        (run.variant, run.round): on_path(run.cpu_ms) for run in result.runs if run.load.requests
    }
    found = effects.effects(result.plan.factors, result.plan.variant_names, figures)
    return [Finding(title, text) for title, text in effects.sentences(result.plan.factors, found)]


def warnings(result: Result) -> list[str]:
    """What stands against the figures: notes, and each kind of flag once, with what to try."""
    flagged: dict[str, dict[str, Flag]] = {}
    for row in rows(result):
        for flag in row.flags:
            flagged.setdefault(flag.code, {}).setdefault(row.variant, flag)
    found = []
    for code, variants in flagged.items():
        first = next(iter(variants.values()))
        found.append(
            f"{CODES[code]} ({', '.join(variants)}). {first.reason}. To try: {first.advice}."
        )
    return [*result.notes, *found]


def _alone(row: Row, base: str) -> str:
    if row.throughput is None or row.cpu is None:
        return "No round has both this variant and the baseline."
    least = "at least " if row.at_least else ""
    speed = f"{least}{speedup(row)} the requests per second of {base}"
    cost = f"{times(row.cpu)} the CPU per request"
    if row.cpu.value > 1 and not row.cpu.undecided:
        cost += ", so it costs more than it saves"
    if row.cpu.value < 1:
        cost = f"{times(_inverse(row.cpu))} less CPU per request"
    return f"{speed}, at {cost}{_caveat(row)}."


def _taken_away(result: Result) -> list[Finding]:
    found = []
    first = {name: result.plan.base_of(name) for name in result.plan.variant_names}
    for pair in result.plan.pairs:
        if pair.against == first[pair.ours]:
            continue
        base = {run.round: run for run in result.runs if run.variant == pair.ours}
        runs = [run for run in result.runs if run.variant == pair.against]
        cost = paired(runs, base, lambda run: on_path(run.cpu_ms))
        if cost is not None:
            found.append(Finding(f"Without {pair.what}", _cost_without(pair, cost)))
    return found


def _cost_without(pair: Pair, cost: Ratio) -> str:
    taken = f"Taking {pair.what} away from “{pair.ours}”"
    if cost.undecided:
        return f"{taken}: no difference seen ({times(cost)} the CPU)."
    return f"{taken} made a request cost {times(cost)} the CPU."


def _inverse(ratio: Ratio) -> Ratio:
    low = None if ratio.high is None else 1 / ratio.high
    high = None if ratio.low is None else 1 / ratio.low
    return Ratio(1 / ratio.value, low, high)


def _caveat(row: Row) -> str:
    if row.failures:
        return f"; {row.failures:,} requests failed, so this is no result yet"
    if row.throughput and row.throughput.undecided and row.rounds > 1:
        return "; the interval of the speed holds 1: no difference seen"
    return ""


def times(ratio: Ratio) -> str:
    """`4.1× (3.6–4.8)`; without an interval where a single round can't give one."""
    if ratio.low is None or ratio.high is None:
        return f"{figure(ratio.value)}×"
    return f"{figure(ratio.value)}× ({figure(ratio.low)}–{figure(ratio.high)})"


def speedup(row: Row, baseline: str = "") -> str:
    """A row's requests/s as times the baseline's. Where Locust was the limit its interval says nothing
    about the stack, and is left out; the baseline itself is 1."""
    if row.throughput is None:
        return ""
    if row.variant == baseline:
        return "1×"
    return times(Ratio(row.throughput.value) if row.at_least else row.throughput)


def saving(row: Row, baseline: str = "") -> str:
    """A row's CPU per request as a part of the baseline's: `1/33.3`."""
    if row.cpu is None or row.variant == baseline:
        return ""
    return f"1/{figure(1 / row.cpu.value)}"


def figure(value: float) -> str:
    """Three figures at most, and no more places than mean something."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
