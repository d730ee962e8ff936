"""The report for a pull request: the answer, the table, what stands against it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bench.findings import findings
from bench.reporting import words
from bench.reporting.judgement import judge
from bench.reporting.lines import Line, lines
from bench.result import Result

HEADS = (
    *("variant", "requests/s", "× base (95 %)", "median ms", "p99 ms", "CPU ms/request"),
    *("of base (95 %)", "stale/million", "longest stale", "leaks", "verdict"),
)


def render(result: Result) -> str:
    plan, machine = result.plan, result.machine
    judgement = judge(result)
    made = (
        f"{escaped(machine.cpu)}, {machine.cores} cores; {len(result.runs)} runs of {plan.measure:g} s, "
        f"{plan.rounds} rounds, seed {plan.seed}; revision `{result.revision.commit[:12]}`"
        f"{' with changes' if result.revision.dirty else ''}; {result.created}."
    )
    parts = [
        f"### {escaped(plan.name)}: {judgement.word}",
        *_listed([f"**{escaped(f.title)}:** {escaped(f.text)}" for f in findings(result)]),
        *_table(lines(result)),
        *_section("Why it is INVALID", judgement.reasons),
        *_section("To be known", judgement.remarks),
        made,
    ]
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """Text from the outside, such as a reason of a failure, as text: no markup, no table of its own."""
    flat = " ".join(text.split())
    return re.sub(r"([\\`*_\[\]<>|#~])", r"\\\1", flat).replace("@", "@\u200b")


def _listed(items: Sequence[str]) -> list[str]:
    return ["\n".join(f"- {item}" for item in items)] if items else []


def _section(title: str, items: Sequence[str]) -> list[str]:
    return [f"**{title}**", *_listed([escaped(item) for item in items])] if items else []


def _table(found: Sequence[Line]) -> list[str]:
    if not found:
        return ["Nothing was measured."]
    ruler = ["---", *["---:"] * (len(HEADS) - 2), "---"]
    rows = [HEADS, ruler, *(_cells(line) for line in found)]
    return ["\n".join(f"| {' | '.join(row)} |" for row in rows)]


def _cells(line: Line) -> list[str]:
    row = line.row
    p99 = line.percentiles[0.99]
    return [
        escaped(line.name),
        ("≥ " if row.at_least else "") + words.thousands(row.requests_per_second),
        words.speedup(line),
        words.figure(row.median_ms),
        words.NOT_ASKED if p99 is None else words.figure(p99),
        words.small(row.cpu_total_ms),
        words.saving(line),
        words.stale(line),
        words.stalest(line),
        words.leaks(line),
        words.verdict(line),
    ]
