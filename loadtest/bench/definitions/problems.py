"""What is wrong with an experiment's file, or with what was asked of it: a line for each problem."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


class BadDefinition(ValueError):
    """The file or the request can't be used. `problems` has a line for each thing that is wrong with it,
    with its place and with what is accepted."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def unknown(what: str, name: object, accepted: Iterable[str]) -> str:
    """`there is no toggle 'LAB_TLT'; did you mean LAB_TTL? Accepted are ...`"""
    known = list(accepted)
    close = get_close_matches(str(name), known, n=1)
    meant = f"; did you mean {close[0]}?" if close else ":"
    accepted_are = "Accepted are" if close else "accepted are"
    return f"there is no {what} {name!r}{meant} {accepted_are} {', '.join(known)}"
