"""One figure of the check beside its bound, and all of them as a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table


@dataclass(frozen=True)
class Line:
    """figure: in `unit`. most, least: the bounds it is held to; without any it only informs."""

    what: str
    figure: float
    unit: str = ""
    most: float | None = None
    least: float | None = None

    @property
    def holds(self) -> bool:
        """Whether it is within its bounds. What is no number is within none."""
        return (self.most is None or self.figure <= self.most) and (
            self.least is None or self.figure >= self.least
        )

    @property
    def bound(self) -> str:
        if self.most is not None and self.most == self.least:
            return f"= {self.most:,}"
        said = [f"≤ {self.most:,}"] if self.most is not None else []
        said += [f"≥ {self.least:,}"] if self.least is not None else []
        return " and ".join(said)

    @property
    def verdict(self) -> str:
        return "MISSED" if not self.holds else "held" if self.bound else ""

    def cells(self) -> tuple[str, str, str, str]:
        return (self.what, _shown(self.figure, self.unit), self.bound, self.verdict)


def _shown(figure: float, unit: str) -> str:
    number = f"{figure:,.0f}" if float(figure).is_integer() or figure >= 1000 else f"{figure:.3g}"
    return f"{number} {unit}".strip()


@dataclass(frozen=True)
class Part:
    """What one part of the check found. remarks: a line each, on how it was or what went wrong."""

    lines: Sequence[Line]
    remarks: Sequence[str] = ()

    @property
    def holds(self) -> bool:
        return all(line.holds for line in self.lines)


def table(parts: Mapping[str, Part]) -> Table:
    """All parts' figures, for a terminal."""
    made = Table(box=None, padding=(0, 1))
    for name in ("part", "what", "figure", "bound", ""):
        made.add_column(name, justify="right" if name in ("figure", "bound") else "left")
    for name, part in parts.items():
        for line in part.lines:
            made.add_row(name, *line.cells(), style="" if line.holds else "red")
    return made


def missed(parts: Mapping[str, Part]) -> Iterable[str]:
    """The figures that are out of bounds, in words."""
    for name, part in parts.items():
        for line in part.lines:
            if not line.holds:
                what, figure, bound, _ = line.cells()
                yield f"{name}: {what}: {figure}, promised is {bound}"
