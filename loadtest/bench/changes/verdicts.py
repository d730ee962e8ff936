"""What changed, per variant and in all of them, and whether it is worse beyond doubt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from bench.changes.arithmetic import change, common, scatter, wider
from bench.changes.metrics import Metric
from bench.compare import Ratio
from bench.levelling import doubt, usual_ms
from bench.result import Result, Run

ALL = "all variants"
"""What the mean of their changes is called, in place of a variant."""

IDLE = 0.01
"""A service that spends less on a request than this share of what it spends in another variant has next to
nothing to do: what there is of it are a few misses and its own affairs, whose ratio tells of neither."""

Word = Literal["better", "worse", "no difference seen", "can't be told"]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One figure of one variant, earlier and later. `ratio` is later over earlier."""

    variant: str
    metric: Metric
    before: float | None
    """Geometric mean of the valid rounds; None where there is none."""
    after: float | None
    ratio: Ratio | None
    word: Word
    why: str = ""
    """Why it can't be told, or what was left out."""

    def worse_by(self, threshold: float) -> bool:
        """Whether it is worse by more than `threshold` (0.05 is 5 %) beyond doubt: also the end of the
        interval that is nearest to no change lies beyond it."""
        if self.word == "can't be told" or self.ratio is None:
            return False
        low, high = self.ratio.low, self.ratio.high
        if low is None or high is None:
            return False
        return low > 1 + threshold if self.metric.more_is_worse else high < 1 - threshold


def changed(before: Result, after: Result, name: str, metric: Metric) -> Change:
    """One variant in two results. Where the metric is CPU at one speed of the machine, the interval is wider
    by what that may be off."""
    old_runs, new_runs = _valid(before, name), _valid(after, name)
    old, new = _values(old_runs, metric), _values(new_runs, metric)
    ratio = change(old, new)
    if ratio is not None and metric.is_cpu:
        ratio = wider(ratio, doubt(before.runs, after.runs))
    why = _why(before, after, name, metric)
    word = _word(ratio, metric)
    if ratio is not None and metric.limited:
        limited = _limited(old_runs), _limited(new_runs)
        if any(limited) and not _still_tells(limited, word):
            word = "can't be told"
            why = "; ".join(filter(None, ("the load generator was the limit", why)))
    return Change(
        variant=name,
        metric=metric,
        before=_mean(old),
        after=_mean(new),
        ratio=ratio,
        word=word,
        why=why,
    )


def busy(results: Sequence[Result], names: Sequence[str], metric: Metric) -> list[str]:
    """Those of the variants in which the metric tells of what requests cost: all, but where it is the CPU of
    one service that is IDLE in a variant, in each of the results by what it spends there. What has no figure
    in one of them stays: a gate is not to open because nothing could be measured."""
    if not metric.is_of_a_service:
        return list(names)
    idle = set(names)
    for result in results:
        spent = {name: _mean(_values(_valid(result, name), metric)) for name in names}
        most = max((each for each in spent.values() if each is not None), default=0.0)
        idle &= {name for name, ms in spent.items() if ms is not None and ms < IDLE * most}
    return [name for name in names if name not in idle]


def in_common(before: Result, after: Result, names: Sequence[str], metric: Metric) -> Change | None:
    """The weighted mean of these variants' changes: it tells of a few percent that no variant's rounds tell
    by themselves. None for fewer than two variants, and but for CPU whose speed is known: what two sessions
    of a machine do to requests/s is in all variants alike, and in no scatter of theirs. `why` names how many
    variants it is from, where not all, and those whose own interval does not hold it."""
    if not metric.is_cpu or usual_ms([*before.runs, *after.runs]) is None:
        return None
    both = [
        (_values(_valid(before, name), metric), _values(_valid(after, name), metric))
        for name in names
    ]
    told = {
        name: (old, new) for name, (old, new) in zip(names, both, strict=True) if scatter(old, new)
    }
    if len(told) < 2:
        return None
    mean = common(list(told.values()))
    said = [f"from {len(told)} of {len(names)}"] if len(told) < len(names) else []
    apart = [name for name, sample in told.items() if not _holds(change(*sample), mean.value)]
    said += [f"not that of {', '.join(apart)}"] if apart else []
    ratio = wider(mean, doubt(before.runs, after.runs))
    return Change(
        variant=ALL,
        metric=metric,
        before=None,
        after=None,
        ratio=ratio,
        word=_word(ratio, metric),
        why="; ".join(said),
    )


def _holds(ratio: Ratio | None, value: float) -> bool:
    if ratio is None or ratio.low is None or ratio.high is None:
        return False
    return ratio.low <= value <= ratio.high


def _still_tells(limited: tuple[bool, bool], word: Word) -> bool:
    """A limited figure is a lower bound: an earlier bound that the later one does not reach is worse, and a
    later bound above the earlier figure is better. Nothing else follows."""
    return (limited == (True, False) and word == "worse") or (
        limited == (False, True) and word == "better"
    )


def _word(ratio: Ratio | None, metric: Metric) -> Word:
    if ratio is None or ratio.low is None or ratio.high is None:
        return "can't be told"
    if ratio.undecided:
        return "no difference seen"
    return "worse" if (ratio.value > 1) == metric.more_is_worse else "better"


def _why(before: Result, after: Result, name: str, metric: Metric) -> str:
    said = []
    for when, result in (("earlier", before), ("later", after)):
        runs = [run for run in result.runs if run.variant == name]
        valid = _valid(result, name)
        if len(valid) < len(runs):
            said.append(f"{len(runs) - len(valid)} of {len(runs)} {when} runs INVALID")
        usable = _values(valid, metric)
        if not usable:
            said.append(f"no {when} run to compare")
        elif len(usable) == 1:
            said.append(f"one {when} run has no spread")
    return "; ".join(said)


def _valid(result: Result, name: str) -> list[Run]:
    return [run for run in result.runs if run.variant == name and run.valid]


def _values(runs: Sequence[Run], metric: Metric) -> list[float]:
    return [value for run in runs if (value := metric.of(run))]


def _limited(runs: Sequence[Run]) -> bool:
    return any(flag.code == "generator" for run in runs for flag in run.flags)


def _mean(values: Sequence[float]) -> float | None:
    found = change([1.0], values) if values else None
    return None if found is None else found.value
