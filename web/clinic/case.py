"""What a case is, and what a run of it gives."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from textwrap import dedent
from typing import Any

from caching import BadPolicy, NotCacheable, PrivateInPublic

Value = int | float | str


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of the bad idea beside the same figure of its cure."""

    what: str
    bad: Value
    cure: Value
    unit: str = ""


Figures = dict[str, Row]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run. refusals: what the library said to the bad idea, in each form that it was told."""

    figures: Figures
    went_wrong: bool
    cured: bool
    refusals: tuple[str, ...]

    @property
    def refused(self) -> bool:
        """Whether every form was; some ideas the library can't see to be bad."""
        return all(self.refusals)

    @property
    def as_it_should(self) -> bool:
        return self.went_wrong and self.cured and self.refused


@dataclass(frozen=True)
class Case:
    """A bad idea and its cure. doc: its module's docstring; seed: the article's own words."""

    name: str
    doc: str | None
    seed: str
    wrong: str
    cure: str
    bad_code: tuple[Callable[..., Any], ...]
    cure_code: tuple[Callable[..., Any], ...]
    run: Callable[[], Figures]
    went_wrong: Callable[[Figures], bool]
    cured: Callable[[Figures], bool]
    told_to_the_library: tuple[Callable[[], object], ...] = ()

    @property
    def title(self) -> str:
        return (self.doc or "").partition("\n")[0].rstrip(".")

    def outcome(self) -> Outcome:
        figures = self.run()
        return Outcome(
            figures=figures,
            went_wrong=self.went_wrong(figures),
            cured=self.cured(figures),
            refusals=tuple(map(refusal_of, self.told_to_the_library)),
        )


def refusal_of(attempt: Callable[[], object]) -> str:
    """The refusal's name and text, or "" if the library let it happen."""
    try:
        attempt()
    except (BadPolicy, NotCacheable, PrivateInPublic) as refusal:
        return f"{type(refusal).__name__}: {refusal}"
    return ""


def source(code: tuple[Callable[..., Any], ...]) -> str:
    """The code as it stands in its module."""
    # A policy is an object; what was declared stands behind it.
    functions = (inspect.unwrap(each) for each in code)
    return "\n\n".join(dedent(inspect.getsource(each)).rstrip() for each in functions)
