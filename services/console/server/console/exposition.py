"""Metrics' texts as Prometheus reads them, of which only the wanted lines are parsed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from prometheus_client.parser import text_string_to_metric_families


class Sample(NamedTuple):
    """at: seconds since 1970, where the text says when it was read; None is now."""

    name: str
    labels: Mapping[str, str]
    value: float
    at: float | None = None


def parse(text: str, wanted: re.Pattern[str]) -> list[Sample]:
    """The samples whose names `wanted` matches. Raises ValueError for what is no such text."""
    lines = [line for line in text.splitlines() if wanted.match(line)]
    return [
        Sample(sample.name, sample.labels, sample.value, _moment(sample.timestamp))
        for family in text_string_to_metric_families("\n".join(lines) + "\n")
        for sample in family.samples
    ]


def _moment(timestamp: Any) -> float | None:
    return None if timestamp is None else float(timestamp)
