"""A case and its outcome as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import Any

from .case import Case, Outcome, Value

WIDTH = 96


def shown(value: Value) -> str:
    """Three digits are all that a measurement here can bear."""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else value


def listed(cases: dict[str, Case]) -> str:
    width = max(map(len, cases))
    return "\n".join(f"{name:{width}}  {case.title}" for name, case in cases.items())


def told(case: Case, outcome: Outcome, store: str) -> str:
    """What it is, the figures, and the verdict."""
    lines = [f"{case.title} ({store})", "", *wrap(f"The article: “{case.seed}”", WIDTH), ""]
    lines += [*wrap(case.wrong, WIDTH), "", *_table(outcome), ""]
    lines += [*wrap(f"The cure: {case.cure}", WIDTH), ""]
    for refusal in outcome.refusals:
        lines += [*wrap(f"The library: {refusal or 'does not refuse it'}", WIDTH), ""]
    return "\n".join([*lines, *verdict(outcome)])


def verdict(outcome: Outcome) -> list[str]:
    said = [
        "The bad idea went wrong" if outcome.went_wrong else "THE BAD IDEA DID NOT GO WRONG",
        "the cure held" if outcome.cured else "THE CURE DID NOT HOLD",
    ]
    if not outcome.refused:
        said.append("THE LIBRARY DID NOT REFUSE IT")
    return [f"{', '.join(said)}."]


def _table(outcome: Outcome) -> Iterator[str]:
    rows = [("", "bad", "cure", "")]
    rows += [
        (row.what, shown(row.bad), shown(row.cure), row.unit) for row in outcome.figures.values()
    ]
    # A sentence in a cell stands below its row, or it would push the figures apart.
    short = [row for row in rows if max(len(row[1]), len(row[2])) <= 16]
    what, bad, cure = (max(len(row[column]) for row in short) for column in range(3))
    for name, left, right, unit in rows:
        if (name, left, right, unit) in short:
            yield f"  {name:{what}}  {left:>{bad}}  {right:>{cure}}  {unit}".rstrip()
        else:
            yield f"  {name}:"
            yield from (
                f"      {column:5} {text}" for column, text in (("bad", left), ("cure", right))
            )


def as_data(name: str, outcome: Outcome, store: str) -> dict[str, Any]:
    """For JSON: rows as {"what", "bad", "cure", "unit"} by their short names."""
    rows = {
        key: {"what": row.what, "bad": row.bad, "cure": row.cure, "unit": row.unit}
        for key, row in outcome.figures.items()
    }
    return {
        "case": name,
        "store": store,
        "figures": rows,
        "went_wrong": outcome.went_wrong,
        "cured": outcome.cured,
        "refusals": outcome.refusals,
        "as_it_should": outcome.as_it_should,
    }
