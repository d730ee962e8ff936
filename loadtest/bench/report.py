"""The report: one HTML file that opens anywhere, without a network, with the answer at the top."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bench import charts
from bench.compare import rows
from bench.counters import PATH
from bench.findings import figure, findings, saving, speedup, times, warnings
from bench.result import Result
from bench.table import LAYERS


def render(result: Result) -> str:
    """The page. Text from the outside (reasons of failures) is escaped."""
    pages = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters.update(figure=figure, saving=saving, speedup=speedup, times=times)
    found = rows(result)
    services = [name for name in PATH if any(row.cpu_ms.get(name) for row in found)]
    return pages.get_template("report.html.j2").render(
        result=result,
        plan=result.plan,
        rows=found,
        findings=findings(result),
        warnings=warnings(result),
        services=services,
        layers=LAYERS,
        sentences={variant.name: variant.sentence for variant in result.plan.variants},
        throughput=charts.throughput(result, found) if found else "",
        cpu=charts.cpu(found) if found else "",
        latency=charts.latency(found) if found else "",
    )


def write(result: Result, path: Path) -> None:
    path.write_text(render(result), encoding="utf-8")
