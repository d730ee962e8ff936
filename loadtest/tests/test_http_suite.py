"""How the suite's results are read; its catalogue and results as it prints them."""

from typing import Any

import pytest

from checks.http.results import counts, misses, read

CATALOGUE = [
    {"id": "base", "name": "keeps", "kind": "required", "depends_on": []},
    {"id": "on-top", "name": "keeps longer", "kind": "required", "depends_on": ["base"]},
    {"id": "nice", "name": "saves a fetch", "kind": "optimal", "depends_on": []},
]
PASSED = {"base": True, "on-top": True, "nice": True}
FAILED = ["Assertion", "Response 2 comes from cache"]
NOT_SET_UP = ["Setup", "Response 1 status is 503, not 200"]


@pytest.mark.parametrize(
    ("results", "deviations", "found"),
    [
        ({}, {}, []),
        ({"nice": FAILED}, {}, []),
        ({"base": FAILED}, {"base": "why"}, []),
        ({"base": FAILED}, {}, ["base failed"]),
        ({"on-top": FAILED}, {}, ["on-top failed"]),
        # What it builds upon does not work, or its set-up did not: it says nothing.
        ({"base": FAILED, "on-top": FAILED}, {"base": "why"}, []),
        ({"on-top": NOT_SET_UP}, {}, []),
        # A declaration that is no longer true.
        ({}, {"base": "why"}, ["base is declared a deviation, and passed"]),
        ({}, {"gone": "why"}, ["gone is declared a deviation, and the suite has no such test"]),
    ],
)
def test_misses(results: dict[str, Any], deviations: dict[str, str], found: list[str]) -> None:
    missed = misses(read(CATALOGUE, PASSED | results), deviations)
    assert len(missed) == len(found)
    assert all(said.startswith(start) for said, start in zip(missed, found, strict=True))


def test_counts() -> None:
    counted = counts(read(CATALOGUE, PASSED | {"base": FAILED, "on-top": FAILED}))
    assert counted["required"] == {"failed": 1, "not judged": 1}
    assert counted["optimal"] == {"passed": 1}


def test_a_suite_that_was_cut_off_is_no_result() -> None:
    with pytest.raises(KeyError):
        read(CATALOGUE, {"base": True})
