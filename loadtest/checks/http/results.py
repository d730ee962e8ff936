"""The suite's results, read as it means them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["required", "optimal", "check"]
"""required: RFC 9111 demands it; optimal: it allows it, and it would save fetches; check: it says nothing."""

KINDS: tuple[Kind, ...] = ("required", "optimal", "check")


@dataclass(frozen=True, slots=True)
class Test:
    """One test of the suite's. says: why it failed, or "". judged: whether what it builds upon works, without
    which its result means nothing."""

    id: str
    name: str
    kind: Kind
    passed: bool
    judged: bool
    says: str


def read(catalogue: Sequence[Mapping[str, Any]], results: Mapping[str, Any]) -> list[Test]:
    """Raises KeyError for a test without a result: the suite was cut off."""
    tests = []
    for entry in catalogue:
        result = results[entry["id"]]
        passed = result is True
        # [kind of failure, words]: a set-up that failed never came to the question.
        asked = passed or result[0] != "Setup"
        judged = asked and all(results[needed] is True for needed in entry["depends_on"])
        says = "" if passed else str(result[1])
        tests.append(Test(entry["id"], entry["name"], entry["kind"], passed, judged, says))
    return tests


def counts(tests: Sequence[Test]) -> dict[Kind, Counter[str]]:
    """By kind: how many passed, failed, and could not be judged."""
    found: dict[Kind, Counter[str]] = {kind: Counter() for kind in KINDS}
    for test in tests:
        found[test.kind][
            "passed" if test.passed else "failed" if test.judged else "not judged"
        ] += 1
    return found


def misses(tests: Sequence[Test], deviations: Mapping[str, str]) -> list[str]:
    """What is not as it was declared to be, in words."""
    by_id = {test.id: test for test in tests}
    found = [
        f"{test.id} failed: {test.name} ({test.says})"
        for test in tests
        if test.kind == "required" and test.judged and not test.passed and test.id not in deviations
    ]
    for name in deviations:
        if name not in by_id:
            found.append(f"{name} is declared a deviation, and the suite has no such test")
        elif by_id[name].passed:
            found.append(f"{name} is declared a deviation, and passed: take it out")
    return found
