"""The rules read only what Prometheus keeps; each alert says what to do, and is tested both ways.

That they fire and keep quiet is shown by `promtool test rules` (tests/*_test.yml).
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

import prometheus_config
from prometheus_config import Alert

ALERTS = prometheus_config.alerts()
TESTED: list[dict[str, Any]] = [
    asked
    for case in yaml.safe_load((Path(__file__).parent / "alerts_test.yml").read_text())["tests"]
    for asked in case["promql_expr_test"]
]


def unknown_in(expr: str) -> set[str]:
    """The names that it asks for and that no series in Prometheus can have."""
    names = prometheus_config.metrics_in(expr)
    return {each for each in names if not prometheus_config.is_known(each)}


def test_recorded_expressions_ask_for_what_is_kept() -> None:
    for name, expressions in prometheus_config.recorded().items():
        for expr in expressions:
            unknown = {
                each
                for each in prometheus_config.metrics_in(expr)
                if not prometheus_config.is_known(each)
            }
            assert not unknown, f"{name}: keep {unknown} in prometheus.yml, or record it"


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_an_alert_asks_for_what_is_kept(alert: Alert) -> None:
    assert prometheus_config.metrics_in(alert.expr), "what asks for nothing can't fire"
    unknown = unknown_in(alert.expr)
    assert not unknown, f"keep {unknown} in prometheus.yml, or record it"


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_an_alert_says_what_happens_and_what_to_do(alert: Alert) -> None:
    assert alert.labels["severity"] in ("warning", "critical")
    assert "{{ $" in alert.annotations["summary"], "say how much, and of what"
    assert len(alert.annotations["advice"]) > len(alert.annotations["summary"])


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_an_alert_is_seen_firing_and_seen_quiet(alert: Alert) -> None:
    fired = [
        asked
        for asked in TESTED
        if any(f'alertname="{alert.name}"' in sample["labels"] for sample in asked["exp_samples"])
    ]
    quiet = [asked for asked in TESTED if alert.name in asked["expr"] and not asked["exp_samples"]]
    assert fired, f"let {alert.name} fire in alerts_test.yml"
    assert quiet, f"show in alerts_test.yml where {alert.name} keeps quiet"


@pytest.mark.parametrize(
    ("expr", "names"),
    [
        ("sum(rate(a_total[1m])) / on (x) b > 0", {"a_total", "b"}),
        ('{__name__=~"(redis|pg)_up"} == 0', {"redis_up", "pg_up"}),
        ("avg_over_time(a:b:rate1m[10m] offset 1m)", {"a:b:rate1m"}),
        ("1 + 1", set()),
    ],
)
def test_names_are_found_wherever_they_stand(expr: str, names: set[str]) -> None:
    assert prometheus_config.metrics_in(expr) == names


def test_what_is_no_query_is_refused() -> None:
    with pytest.raises(ValueError, match="parenthesis"):
        prometheus_config.metrics_in("sum by (rate(a[1m])")


def test_a_name_that_nobody_keeps_is_unknown() -> None:
    assert not prometheus_config.is_known("redis_connected_slaves")
    assert prometheus_config.is_known("redis_keyspace_hits_total")
