"""An independent suite's tests of HTTP caching, with the edge's VCL before the suite's own origin."""

from checks.http.cli import run
from checks.http.deviations import DEVIATIONS
from checks.http.results import misses


def test_what_rfc_9111_requires_is_done_or_declared() -> None:
    assert not misses(run(), DEVIATIONS)
