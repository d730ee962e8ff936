"""The answer, in a sentence for each layer; the terminal and the reports say the same."""

from __future__ import annotations

import msgspec

from bench import effects
from bench.compare import Comparison, Ratio, compared, paired_cpu
from bench.judging.comparison import AGAINST_ALL, FEWEST, NAMES, Figure
from bench.reporting.lines import Line, cpu_ms, lines
from bench.reporting.words import less, times
from bench.result import Pair, Plan, Result
from bench.truth import seconds


class Finding(msgspec.Struct, frozen=True):
    """`title` names the layers, `text` says what they were worth."""

    title: str
    text: str


def findings(result: Result) -> list[Finding]:
    """One for each titled variant beside its base, one for each other pair, and what factors have to do
    with each other; none without runs of both."""
    plan = result.plan
    found = [
        Finding(line.variant.title, _alone(result, line, _called(plan, line.base)))
        for line in lines(result)
        if line.throughput and line.cpu and line.variant.title
    ]
    return [*found, *_taken_away(result), *_factors(result)]


def _called(plan: Plan, name: str) -> str:
    """Its title within a sentence, else its name."""
    return plan.variant(name).title or f"“{name}”"


def _factors(result: Result) -> list[Finding]:
    figures = {(run.variant, run.round): cpu_ms(run) for run in result.runs if run.valid}
    factors, variants, rounds = result.plan.factors, result.plan.variant_names, result.plan.rounds
    found = effects.effects(factors, variants, figures)
    told = [Finding(title, text) for title, text in effects.sentences(factors, found)]
    whole = len(effects.whole_rounds(variants, figures))
    if factors and result.runs and whole < rounds:
        told.append(Finding("Factors", _of_rounds(whole, rounds)))
    return told


def _of_rounds(whole: int, rounds: int) -> str:
    why = "a factor's effect is taken from rounds in which every variant has a valid run"
    if not whole:
        return f"nothing can be said of them: {why}, and none of {rounds} is one."
    return f"these are from {whole} of {rounds} rounds, since {why}."


def _alone(result: Result, line: Line, base: str) -> str:
    beside = compared(result, line.name, line.base)
    ratios = {"throughput": line.throughput if line.bound == "none" else None, "cpu": line.cpu}
    doubts = {figure: _doubt(result, beside, figure, ratios[figure]) for figure in FIGURES}
    shown = {"throughput": _figure(line, base), "cpu": _share(line.cpu) if line.cpu else ""}
    # Neither a difference nor none is to be claimed by a figure whose rounds don't tell it.
    if result.plan.rounds > 1 and not beside.valid:
        much = f"{TOO_MUCH} from one another to tell{_how(*ratios.values())}"
        doubt = much if beside.rounds >= FEWEST else TOO_FEW
        text = f"{doubt} ({', '.join(filter(None, shown.values()))})"
    else:
        speed, cost = (
            f"{doubts[figure]} ({shown[figure]})" if doubts[figure] else told
            for figure, told in zip(FIGURES, (_speed(line, base), _cost(line.cpu)), strict=True)
        )
        text = f"{speed}; {cost}"
    return f"{text}{_truth(line)}{_caveat(line)}."


FIGURES: tuple[Figure, Figure] = ("throughput", "cpu")
TOO_MUCH = "the rounds differ too much"
TOO_FEW = "too few rounds are valid to tell"


def _how(*ratios: Ratio | None) -> str:
    """What rounds that scatter leave open: by how much, where no interval holds 1; else whether at all."""
    known = [ratio for ratio in ratios if ratio]
    return " how much" if known and not any(ratio.undecided for ratio in known) else ""


def _doubt(result: Result, beside: Comparison, figure: Figure, ratio: Ratio | None) -> str:
    """Why this figure claims nothing; empty where it may. One round alone was what was asked for."""
    codes = {flag.code for flag in beside.doubts(figure)}
    if AGAINST_ALL in codes and result.plan.rounds > 1:
        return TOO_FEW
    said = f"{TOO_MUCH} in {NAMES[figure]} to tell{_how(ratio)}"
    return said if codes - {AGAINST_ALL} else ""


def _share(ratio: Ratio) -> str:
    return f"{less(ratio)} of the CPU" if ratio.value < 1 else f"{times(ratio)} the CPU"


def _figure(line: Line, base: str) -> str:
    if line.bound == "none" and line.throughput:
        return f"{times(line.throughput)} the requests per second of {base}"
    return _speed(line, base)


def _speed(line: Line, base: str) -> str:
    ratio = line.throughput
    if ratio is None:
        return f"no round has both it and {base}"
    if line.bound == "both":
        return f"the load generator was the limit of its speed and of {base}'s"
    if line.bound != "none":
        # The interval then tells of the generator, and not of the stack.
        word = "at least" if line.bound == "ours" else "at most"
        return f"{word} {times(Ratio(ratio.value))} the requests per second of {base}"
    if _unseen(ratio):
        return f"no difference seen in requests per second ({times(ratio)} those of {base})"
    return f"{times(ratio)} the requests per second of {base}"


def _cost(ratio: Ratio | None) -> str:
    if ratio is None:
        return "its CPU per request can't be compared"
    if _unseen(ratio):
        return f"no difference seen in CPU per request ({times(ratio)})"
    if ratio.value < 1:
        return f"a request costs {less(ratio)} of the CPU"
    dearer = f"a request costs {times(ratio)} the CPU"
    return dearer if ratio.low is None else f"{dearer}, so it costs more than it saves"


def _truth(line: Line) -> str:
    truth = line.truth
    if not truth.stale:
        return ""
    return (
        f"; {truth.stale:,} of {truth.checked:,} checked reads were stale, "
        f"the worst by {seconds(truth)}"
    )


def _caveat(line: Line) -> str:
    if line.truth.leaks:
        return f"; {line.truth.leaks:,} answers held what is another's, so this is no result"
    if line.row.failures:
        return f"; {line.row.failures:,} requests failed, so this is no result yet"
    if line.invalid:
        return f"; {line.invalid} of its {len(line.runs)} runs are INVALID"
    return ""


def _unseen(ratio: Ratio) -> bool:
    """An interval that holds 1. A single round has none, and claims nothing of the kind."""
    return ratio.low is not None and ratio.undecided


def _taken_away(result: Result) -> list[Finding]:
    found = []
    for pair in result.plan.pairs:
        if pair.against == result.plan.base_of(pair.ours):
            continue
        valid = [run for run in result.runs if run.valid]
        base = {run.round: run for run in valid if run.variant == pair.ours}
        runs = [run for run in valid if run.variant == pair.against]
        cost = paired_cpu(runs, base)
        if cost is not None:
            doubt = _doubt(result, compared(result, pair.ours, pair.against), "cpu", cost)
            found.append(Finding(f"Without {pair.what}", _cost_without(pair, cost, doubt)))
    return found


def _cost_without(pair: Pair, cost: Ratio, doubt: str) -> str:
    taken = f"taking {pair.what} away from “{pair.ours}”"
    if doubt:
        return f"{taken}: {doubt} ({times(cost)} the CPU)."
    if _unseen(cost):
        return f"{taken}: no difference seen ({times(cost)} the CPU)."
    return f"{taken} made a request cost {times(cost)} the CPU."
