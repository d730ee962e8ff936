"""What a tag stands for, from the table of the policies: it is made of their declarations."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).resolve().parents[2] / "docs" / "policies.md"
EVERYTHING = "everything"

_ROW = re.compile(r"\| `(?P<policy>\w+)\([^)]*\)` \|.*\| (?P<tags>[^|]*) \| [^|]+ \|")
_TAG = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Kind:
    """Tags of one pattern that a page carries. policies: those whose values such a tag ends; none
    for `everything`, which ends them all, and for tags that no policy declares."""

    pattern: str
    tags: tuple[str, ...]
    policies: tuple[str, ...]


def declared(table: str | None = None) -> dict[str, list[str]]:
    """Policies by the pattern of a tag that they declare, e.g. "post:{slug}". table: Markdown."""
    patterns: dict[str, list[str]] = {}
    for row in _ROW.finditer(TABLE.read_text() if table is None else table):
        for tag in _TAG.findall(row["tags"]):
            # A pattern's places are called differently by policies: post:{slug}, post:{key}.
            patterns.setdefault(re.sub(r"\{\w+\}", "{…}", tag), []).append(row["policy"])
    return patterns


def kinds(tags: Iterable[str], patterns: dict[str, list[str]]) -> list[Kind]:
    """The tags by their patterns, in the order of first appearance."""
    forms = {pattern: _form(pattern) for pattern in patterns}
    found: dict[str, list[str]] = {}
    for tag in tags:
        exact = tag if tag in patterns else None
        pattern = exact or next((p for p, form in forms.items() if form.fullmatch(tag)), tag)
        found.setdefault(pattern, []).append(tag)
    return [Kind(p, tuple(own), tuple(patterns.get(p, ()))) for p, own in found.items()]


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile("[^:]+".join(map(re.escape, pattern.split("{…}"))))
