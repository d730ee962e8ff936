"""Whether a comparison as a whole may be taken at its word, and why not."""

from __future__ import annotations

import msgspec

from bench.compare import Comparison, comparisons
from bench.judging.codes import CODES
from bench.result import Flag, Result, Run


class Judgement(msgspec.Struct, frozen=True):
    """`reasons` make it INVALID; `remarks` are to be known and leave it VALID. Each names what to try."""

    reasons: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def valid(self) -> bool:
        return not self.reasons

    @property
    def word(self) -> str:
        return "VALID" if self.valid else "INVALID"


def judge(result: Result) -> Judgement:
    """INVALID where something spoilt all of it, where a run is missing, where no round of a variant is valid
    on both sides, or where every pair of variants is INVALID by itself; a single such pair is a remark, and
    so is one figure of a pair. A round that is not valid is left out of the ratios, and said to be; each kind
    of reason is said once."""
    planned = len(result.plan.variants) * result.plan.rounds
    reasons = list(result.spoilt)
    if not result.runs:
        reasons.append("Nothing was measured.")
    elif len(result.runs) < planned:
        why = "a run could not be made" if result.complete else "it was stopped before its last run"
        reasons.append(f"{len(result.runs)} of {planned} runs were made: {why}.")
    lost = set(_without_a_round(result))
    if lost:
        reasons.append(
            f"No round is valid for {', '.join(sorted(lost))} and what it is compared with."
        )
    order = result.plan.variant_names.index
    runs = sorted(result.runs, key=lambda run: (order(run.variant), run.round))
    flagged = [(run, flag) for run in runs for flag in run.flags]
    reasons += _summed([(run, flag) for run, flag in flagged if flag.fatal and run.variant in lost])
    pairs = comparisons(result) if result.plan.rounds > 1 and result.runs else []
    doubted = [each for each in pairs if each.reasons and each.ours not in lost]
    every = bool(pairs) and not any(each.valid for each in pairs)
    if every:
        reasons += _grouped(doubted, "No pair of variants can be compared")
    left_out = _summed(
        [(run, flag) for run, flag in flagged if flag.fatal and run.variant not in lost]
    )
    remarks = [
        *result.notes,
        *([] if every else _grouped(doubted, "INVALID by itself")),
        *(f"Left out of every ratio: {text}" for text in left_out),
        *_summed([(run, flag) for run, flag in flagged if not flag.fatal]),
    ]
    unknown = [run for run in result.runs if run.speed is None]
    if unknown and len(unknown) < len(result.runs):
        remarks.append(
            f"The machine's speed is not known of {len(unknown)} of {len(result.runs)} runs: CPU is as it "
            "was booked, at whatever speed there was."
        )
    if result.plan.rounds == 1:
        remarks.append("One round has no interval: how far its figures would repeat is not known.")
    return Judgement(tuple(reasons), tuple(remarks))


def _without_a_round(result: Result) -> list[str]:
    """The variants that were measured, and have no round that is valid with their base's."""
    valid: dict[str, set[int]] = {}
    for run in result.runs:
        valid.setdefault(run.variant, set())
        if run.valid:
            valid[run.variant].add(run.round)
    bases = {name: result.plan.base_of(name) for name in valid}
    return [name for name, base in bases.items() if not valid[name] & valid.get(base, set())]


def _grouped(doubted: list[Comparison], invalid: str) -> list[str]:
    """A line for each kind of what stands against comparisons: which, each with its reason; the advice.
    invalid: what is said of those of which no figure is left."""
    kinds: dict[tuple[str, tuple[str, ...]], list[Comparison]] = {}
    for each in doubted:
        said = each.word if each.valid else invalid
        kinds.setdefault((said, tuple(flag.advice for flag in each.reasons)), []).append(each)
    return [
        f"{said}: "
        + "; ".join(
            f"{each.ours} beside {each.against} ({', '.join(flag.reason for flag in each.reasons)})"
            for each in found
        )
        + f". To try: {'; '.join(dict.fromkeys(advice))}."
        for (said, advice), found in kinds.items()
    ]


def _summed(flagged: list[tuple[Run, Flag]]) -> list[str]:
    """A line for each code: which variants, how many runs, the first's reason and advice."""
    by_code: dict[str, list[tuple[Run, Flag]]] = {}
    for run, flag in flagged:
        by_code.setdefault(flag.code, []).append((run, flag))
    said = []
    for code, found in by_code.items():
        variants = ", ".join(dict.fromkeys(run.variant for run, _ in found))
        runs = len({(run.round, run.variant) for run, _ in found})
        first = found[0][1]
        what = CODES.get(code, code)
        said.append(
            f"{what} ({variants}; {runs} {'run' if runs == 1 else 'runs'}): {first.reason}. "
            f"To try: {first.advice}."
        )
    return said
