"""The report's templates, in this folder."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bench.reporting import words
from bench.reporting.lines import cpu_ms


@cache
def environment() -> Environment:
    """Text from the outside, such as reasons of failures, is escaped."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        figure=words.figure,
        part=words.part,
        rate=words.rate,
        share=words.share,
        small=words.small,
        thousands=words.thousands,
        speedup=words.speedup,
        saving=words.saving,
        stale=words.stale,
        stalest=words.stalest,
        leaks=words.leaks,
        verdict=words.verdict,
        cpu_ms=cpu_ms,
    )
    return made
