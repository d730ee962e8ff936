"""The report: one HTML file that opens anywhere, without a network or a script; the answer is at the top."""

from __future__ import annotations

from typing import Any

from bench.counters import PATH
from bench.findings import findings
from bench.levelling import power_of
from bench.reporting import charts, path, taking_part, words
from bench.reporting.freshness import tells_of_lifetimes
from bench.reporting.judgement import judge
from bench.reporting.limits import limits
from bench.reporting.lines import ENOUGH, SHARES, Line, lines
from bench.reporting.templates import environment
from bench.reporting.timeline import timeline
from bench.result import Result

COSTS = {
    "visitor.bytes": "bytes to the visitor",
    "varnish.fetches": "Varnish fetches",
    "nginx.requests": "nginx requests",
    "web.requests": "Django requests",
    "postgres.queries": "Postgres queries",
    "redis.round_trips": "Redis round trips",
    "redis.bytes": "Redis bytes",
    "memcached.round_trips": "Memcached round trips",
    "memcached.bytes": "Memcached bytes",
    "minio.requests": "bucket requests",
    "minio.bytes": "bucket bytes",
}
"""Names in `Run.per_request`, and in tables; others are shown by their own name."""


def render(result: Result) -> str:
    """The page. Text from the outside (reasons of failures) is escaped."""
    found = lines(result)
    page = (
        environment()
        .get_template("page.html.j2")
        .render(
            result=result,
            plan=result.plan,
            lines=found,
            findings=findings(result),
            judgement=judge(result),
            limits=limits(result),
            layers=words.LAYERS,
            **(_measured(result, found) if found else {}),
        )
    )
    return page.lstrip() + "\n"


def _measured(result: Result, found: list[Line]) -> dict[str, Any]:
    """What the page shows only if something was measured."""
    flows = {
        line.name: {f"{hop.source} → {hop.target}": hop for hop in line.flow.hops} for line in found
    }
    known = {name for line in found for name in line.per_request}
    busiest = path.busiest(found)
    parts = {line.name: taking_part.services(line) for line in found}
    return {
        "services": [name for name in PATH if any(line.row.cpu_ms.get(name) for line in found)],
        "speed": _speed(found),
        "compared_services": [n for n in PATH if any(n in line.services for line in found)],
        "parts": parts,
        "taking_part": [name for name in PATH if any(name in part for part in parts.values())],
        "asked": f"{100 * taking_part.ASKED:g} %",
        "core": f"{100 * taking_part.CORE:g} %",
        "flows": flows,
        "hops": list(dict.fromkeys(hop for hops in flows.values() for hop in hops)),
        "drawings": {line.name: path.drawing(line, busiest) for line in found},
        "costs": {name: label for name, label in COSTS.items() if name in known}
        | {name: name for name in sorted(known - COSTS.keys())},
        "shares": {share: f"{100 * share:g} %" for share in SHARES},
        "enough": ENOUGH,
        "late": [line for line in found if line.runs[0].load.rate is not None],
        "paces": " ".join(f"{visits.pace.capitalize()}." for visits in result.plan.visits),
        "timelines": _timelines(found, result.plan.measure),
        "accounts": [(run, account) for run in result.runs for account in run.accounts],
        "times": charts.times(found) if any(not line.is_baseline for line in found) else "",
        "throughput": charts.throughput(found),
        "cpu": charts.cpu(found),
        "latency": charts.latency(found),
        "freshness": charts.staleness([line.row for line in found])
        if tells_of_lifetimes(found)
        else "",
    }


def _speed(found: list[Line]) -> dict[str, Any]:
    """Milliseconds of the yardstick's piece of work, and whose ratios are not levelled by it; {} where it is
    not known."""
    speeds = [run.speed for line in found for run in line.runs]
    took = [speed.piece_ms for speed in speeds if speed]
    if not took or len(took) < len(speeds):
        return {}
    booked = [line.name for line in found if line.cpu and not line.levelled]
    return {
        "least": min(took),
        "most": max(took),
        "booked": booked,
        "sensitivity": power_of(run for line in found for run in line.runs),
    }


def _timelines(found: list[Line], measure: float) -> list[dict[str, Any]]:
    made = []
    for number, line in enumerate(found):
        times = timeline(line.runs, measure)
        if times:
            drawing = charts.timeline(times, line.name, number)
            made.append({"name": line.name, "times": times, "drawing": drawing})
    return made
