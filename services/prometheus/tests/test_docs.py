"""docs/metrics.md names what Prometheus keeps, and every alert."""

import re
from pathlib import Path

import prometheus_config

DOCS = (Path(__file__).resolve().parents[3] / "docs/metrics.md").read_text()
NAMED = set(re.findall(r"`([a-z]+_\w+)`", DOCS.partition("## Alerts")[0]))


def test_every_metric_in_the_table_is_kept() -> None:
    assert NAMED
    unknown = {name for name in NAMED if not prometheus_config.is_known(name)}
    assert not unknown, f"prometheus.yml does not keep {unknown}"


def test_every_job_has_a_metric_in_the_table() -> None:
    for job, kept in prometheus_config.keep_lists().items():
        if job != "prometheus":  # its own state, for whoever looks after it
            assert any(kept.fullmatch(name) for name in NAMED), f"docs/metrics.md has none of {job}"


def test_the_table_of_alerts_is_that_of_the_rules() -> None:
    listed = re.findall(r"(?m)^\| `([A-Z]\w+)` \|", DOCS)
    assert listed == [alert.name for alert in prometheus_config.alerts()]
