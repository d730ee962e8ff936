"""The short form of `./scripts/lab check freshness`: our readers are shown what was acknowledged, and
a cache used the way most sites do is caught."""

import pytest

from checks import freshness
from checks._findings import problems
from checks._scenarios import BLIND, SHORT


@pytest.mark.usefixtures("put_back_at_last")
@pytest.mark.parametrize("store", freshness.STORES)
def test_no_reader_is_shown_less_than_was_acknowledged(store: str) -> None:
    findings = list(freshness.run(store, [*SHORT, *BLIND]))
    told = ["  ".join(finding.cells()) for finding in findings]
    assert not problems(findings), "\n".join([*problems(findings), *told])
