"""Attacks: what each class of them left in the cache, which must be nothing."""

from __future__ import annotations

from .asked import Asked
from .attacks import run
from .figures import Line, Part


def part(asked: Asked) -> Part:
    tried = run(asked.short)
    lines = []
    for kind, attempts in tried.attempts.items():
        lines += [
            Line(f"{kind}: attempts", attempts, least=1),
            Line(f"{kind}: that succeeded", len(tried.failures[kind]), most=0),
        ]
    remarks = [f"{kind}: {each}" for kind, found in tried.failures.items() for each in found]
    return Part(lines, remarks)
