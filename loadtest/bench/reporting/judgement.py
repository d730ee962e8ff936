"""Whether a comparison as a whole may be taken at its word, and why not."""

from __future__ import annotations

import msgspec

from bench.result import Flag, Result, Run
from bench.verdict import CODES


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
    """Every run must be there and valid; each kind of reason is said once, with the variants it hit."""
    fatal = [(run, flag) for run in result.runs for flag in run.flags if flag.fatal]
    mild = [(run, flag) for run in result.runs for flag in run.flags if not flag.fatal]
    reasons = _summed(fatal)
    planned = len(result.plan.variants) * result.plan.rounds
    if not result.runs:
        reasons.insert(0, "Nothing was measured.")
    elif len(result.runs) < planned:
        why = "a run could not be made" if result.complete else "it was stopped before its last run"
        reasons.insert(0, f"{len(result.runs)} of {planned} runs were made: {why}.")
    remarks = [*result.notes, *_summed(mild)]
    if result.plan.rounds == 1:
        remarks.append("One round has no interval: how far its figures would repeat is not known.")
    return Judgement(tuple(reasons), tuple(remarks))


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
