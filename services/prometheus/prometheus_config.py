"""What Prometheus is told, read from its own files: which series it keeps, what it records and warns of.

For tests that hold dashboards, rules and documents to it; the image does not need it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import promql_parser
import yaml
from promql_parser import Expr, VectorSelector

HERE = Path(__file__).parent

# Prometheus makes these itself, whatever a target gives.
OWN = frozenset({"up", "ALERTS"})

# Jobs whose exporters give nothing but what is used: no keep list, and their names begin so.
WHOLE = {"memcached": "memcached_", "containers": "lab_service_"}


@dataclass(frozen=True, slots=True)
class Alert:
    """One alerting rule. expr: PromQL."""

    name: str
    expr: str
    labels: dict[str, str]
    annotations: dict[str, str]


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def _rules() -> Iterator[dict[str, Any]]:
    for path in sorted((HERE / "rules").glob("*.yml")):
        for group in _read(path)["groups"]:
            yield from group["rules"]


def recorded() -> dict[str, list[str]]:
    """The expressions of each recording rule, by the name that they record."""
    found: dict[str, list[str]] = {}
    for rule in _rules():
        if "record" in rule:
            found.setdefault(rule["record"], []).append(rule["expr"])
    return found


def alerts() -> list[Alert]:
    """The alerting rules, in the order of their file."""
    return [
        Alert(rule["alert"], rule["expr"], rule.get("labels", {}), rule.get("annotations", {}))
        for rule in _rules()
        if "alert" in rule
    ]


def keep_lists() -> dict[str, re.Pattern[str]]:
    """By job: which metric names are kept; every name for a job that keeps all."""
    lists: dict[str, re.Pattern[str]] = {}
    for job in _read(HERE / "prometheus.yml")["scrape_configs"]:
        keeps = [
            relabel["regex"]
            for relabel in job.get("metric_relabel_configs", ())
            if relabel["action"] == "keep" and relabel["source_labels"] == ["__name__"]
        ]
        name = job["job_name"]
        lists[name] = re.compile("|".join(keeps) if keeps else f"{WHOLE[name]}.*")
    return lists


def is_known(metric: str) -> bool:
    """Whether a series of this name can be in Prometheus."""
    return (
        metric in OWN
        or metric in recorded()
        or any(kept.fullmatch(metric) for kept in keep_lists().values())
    )


def metrics_in(expr: str) -> set[str]:
    """The names that a query asks for; those of a pattern, `{__name__=~"a|b"}`, are taken apart where
    it is a plain list. Raises ValueError for what is no PromQL."""
    names: set[str] = set()

    def note(node: Expr) -> None:
        if isinstance(node, VectorSelector):
            names.update(_names(node))

    promql_parser.walk(promql_parser.parse(expr), note)
    return names


def _names(selector: VectorSelector) -> Iterator[str]:
    if selector.name:
        yield selector.name
        return
    for matcher in selector.matchers.matchers:
        if matcher.name == "__name__":
            yield from _alternatives(matcher.value)


def _alternatives(pattern: str) -> Iterator[str]:
    """`(a|b)_up` is a_up and b_up."""
    match = re.fullmatch(r"(\w*)\(([\w|]+)\)(\w*)", pattern)
    before, middle, after = match.groups() if match else ("", pattern, "")
    for each in middle.split("|"):
        yield f"{before}{each}{after}"
