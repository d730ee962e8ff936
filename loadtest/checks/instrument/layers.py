"""The fourth part: whether two results of the experiment `layers` tell that each view became slower.

Both are measured in one, their runs in random order, and held against each other by what `compare` does.
"""

from __future__ import annotations

from msgspec.structs import replace

from bench.changes.metrics import METRICS
from bench.changes.verdicts import Change, busy, changed, in_common
from bench.definitions import planning
from bench.definitions.reading import read
from bench.definitions.shipped import shipped
from bench.levelling import together
from bench.reporting.words import times
from bench.result import Plan, Variant

from ..edge.figures import Line, Part
from .asked import Asked
from .measure import Maker, plan
from .slowed import DJANGO, SLOWDOWN

EXPERIMENT = "layers"
AFTER = "-slowed"
"""How the names of the slowed variants end."""


def shipped_plan() -> Plan:
    """Of the experiment as it comes with the lab."""
    return planning.planned(EXPERIMENT, read(shipped()[EXPERIMENT]), planning.Asked())


def layers(maker: Maker, asked: Asked) -> Part:
    """Each view a tenth slower in all variants: worse, in the mean of all variants' changes of Django's CPU.

    Three rounds of the scatter that was measured tell it in 97 of 100 (loadtest/tests/test_changes.py)."""
    once = shipped_plan()
    both = plan(
        EXPERIMENT,
        [*once.variants, *map(_slowed, once.variants)],
        asked.layers_rounds,
        once.warm,
        once.measure,
    )
    result = together([maker.runs(both)])[0]
    kept = [run for run in result.runs if run.round <= asked.layers_rounds]
    names = once.variant_names
    before = replace(result, runs=[run for run in kept if run.variant in names])
    after = replace(
        result,
        runs=[
            replace(run, variant=run.variant.removesuffix(AFTER))
            for run in kept
            if run.variant not in names
        ],
    )
    metric = METRICS[f"cpu.{DJANGO}"]
    common = in_common(before, after, busy([before, after], names, metric), metric)
    alone = [changed(before, after, name, metric) for name in names]
    return Part(
        [
            Line("pairs of results of `layers`, one of them with views made a tenth slower", 1),
            Line("of them, it was noticed in Django's CPU per request, all variants together, in",
                 int(common is not None and common.word == "worse"), least=1),
            Line(f"of its {len(names)} variants, two or more rounds of both are valid in",
                 sum(each.word != "can't be told" for each in alone), least=len(names)),
            Line("it was noticed by itself in", sum(each.word == "worse" for each in alone)),
            Line("invalid runs", sum(not run.valid for run in kept)),
        ],
        [_said(each) for each in (*alone, *([common] if common else []))],
    )  # fmt: skip


def _slowed(variant: Variant) -> Variant:
    return replace(
        variant,
        name=f"{variant.name}{AFTER}",
        toggles={**variant.toggles, "LAB_SLOWDOWN": SLOWDOWN},
        title="a tenth more work in each view",
    )


def _said(each: Change) -> str:
    ratio = "no ratio" if each.ratio is None else times(each.ratio)
    return f"{each.variant}: Django's {ratio}, {each.word}{f' ({each.why})' if each.why else ''}"
