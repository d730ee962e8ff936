"""A broken upstream cache is a slow cache, never an error. Times are for `./scripts/lab check faults`."""

import pytest

from checks.faults import cli
from checks.faults.catalogue import FAULTS, SHORT
from checks.faults.figures import Outcome


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcome]:
    """By fault. Everything is put back before the first test runs."""
    faults = [fault for fault in FAULTS if fault.name in SHORT]
    return {each.fault: each for each in cli.run({"redis": faults}, 8, True, print)}


@pytest.mark.parametrize("fault", SHORT)
def test_pages_stay_right_and_the_cache_comes_back(
    outcomes: dict[str, Outcome], fault: str
) -> None:
    assert outcomes[fault].requests > 100, "there was no load worth the name"
    assert outcomes[fault].misses(timing=False) == []
