"""The short form of `./scripts/lab check edge`: freshness, purges and failures. Times and speed are
for the check itself."""

import pytest

from checks.edge import failures, freshness, purge
from checks.edge.asked import Asked
from checks.edge.figures import Part

TIMED = ("p99", "÷", "takes", "after")


def untimed(part: Part) -> list[str]:
    """What of the promise did not hold, but for times."""
    lines = [line for line in part.lines if not any(word in line.what for word in TIMED)]
    assert lines
    return [f"{line.what}: {line.cells()[1]}" for line in lines if not line.holds]


@pytest.mark.usefixtures("put_back_at_last")
@pytest.mark.parametrize("tried", [freshness, purge, failures])
def test_what_the_edge_promises_holds(tried: object) -> None:
    part: Part = tried.part(Asked.SHORT)
    assert untimed(part) == [], "\n".join(part.remarks)
