"""The policies as a table for the docs, made of their declarations."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

from .policies import Audience, Dies, Policy, Use, declared

COLUMNS = ("policy", "what it keeps", "dies", "tags", "for")

DEATHS = {
    Dies.DEFAULT: "when its data changes (`LAB_FRESHNESS=ttl`: by age)",
    Dies.INVALIDATION: "when its data changes, always",
    Dies.NEVER: "never: its key is its source",
}


def table(apps: Iterable[str]) -> str:
    """Markdown: a section for each use, a row for each policy that these apps declare."""
    wanted = tuple(apps)
    found = [each for each in declared() if each.compute.__module__.split(".")[0] in wanted]
    sections = (_section(use, [each for each in found if each.use is use]) for use in Use)
    return "\n".join(section for section in sections if section)


def _section(use: Use, policies: list[Policy[..., Any]]) -> str:
    if not policies:
        return ""
    head = [f"## {use.value.capitalize()}", "", _row(COLUMNS), _row(["---"] * len(COLUMNS))]
    return "\n".join([*head, *(_row(_cells(each)) for each in policies), ""])


def _cells(policy: Policy[..., Any]) -> tuple[str, ...]:
    arguments = list(inspect.signature(policy.compute).parameters)
    tags = policy.tags_of(tuple(f"{{{name}}}" for name in arguments))
    return (
        f"`{policy.name}({', '.join(arguments)})`",
        " ".join((inspect.getdoc(policy.compute) or "").split("\n\n")[0].split()),
        _death(policy),
        " ".join(f"`{tag}`" for tag in tags),
        policy.audience.value,
    )


def _death(policy: Policy[..., Any]) -> str:
    if policy.audience is not Audience.PUBLIC:
        return "is never kept"
    if policy.dies is Dies.TTL:
        return f"by age, {policy.ttl} s" if policy.ttl else "by age, `LAB_TTL`"
    return DEATHS[policy.dies]


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"
