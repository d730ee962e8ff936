"""Each panel's queries, asked of the live Prometheus while visitors of Locust's own page are at work.

Grafana itself is not needed: what it would show is what Prometheus answers.
"""

import json
from collections.abc import Iterator
from urllib.parse import urlencode
from urllib.request import urlopen

import prometheus
import pytest

from checks import stack

VISITORS = 4
QUERIES = [
    pytest.param(target["expr"], id=f"{path.stem}/{panel['title']}/{target['refId']}")
    for path in sorted((stack.TOP / "services/grafana/json").glob("*.json"))
    for panel in json.loads(path.read_text())["panels"]
    for target in panel.get("targets", ())
]


@pytest.fixture(scope="module", autouse=True)
def visited() -> Iterator[None]:
    """A few of everybody: readers, members, who comments and who edits."""
    stack.compose("--profile", "load", "up", "-d", "--no-build", "--wait", "locust")
    try:
        locust(
            "swarm",
            user_classes="Community",
            user_count=str(VISITORS),
            spawn_rate=str(VISITORS),
            host="http://varnish:8080",
        )
        assert prometheus.wait_until(lambda: prometheus.figures("locust_users") == [VISITORS])
        yield
    finally:
        stack.compose("--profile", "load", "rm", "--stop", "--force", "locust")


def locust(path: str, **form: str) -> None:
    address = f"http://127.0.0.1:{stack.setting('LAB_LOCUST_PORT')}/{path}"
    with urlopen(address, urlencode(form).encode(), timeout=60) as answer:
        assert json.load(answer)["success"]


def test_there_are_queries() -> None:
    assert QUERIES, "services/grafana/json is empty"


@pytest.mark.parametrize("expr", QUERIES)
def test_a_panel_has_something_to_show(expr: str) -> None:
    assert prometheus.wait_until(lambda: bool(prometheus.figures(expr))), f"no figure: {expr}"


def test_locust_and_varnish_agree_on_the_load() -> None:
    """Over the same minute. Parts of pages (ESI) are lookups of Varnish's own, so it is asked for more."""
    made = "sum(increase(locust_requests_total[1m]))"
    seen = "sum(increase(varnish_main_cache_hit[1m]) + increase(varnish_main_cache_miss[1m]))"
    agree = f"({seen} >= 0.9 * {made}) and ({made} > 0)"
    assert prometheus.wait_until(lambda: bool(prometheus.figures(agree)))


def test_every_rule_is_evaluated() -> None:
    rules = [rule for group in prometheus.ask("rules")["groups"] for rule in group["rules"]]
    assert rules
    wrong = {rule["name"]: rule.get("lastError") for rule in rules if rule["health"] != "ok"}
    assert not wrong


def test_every_target_gives_its_figures() -> None:
    down = {
        target["labels"]["job"]: target["lastError"]
        for target in prometheus.ask("targets", state="active")["activeTargets"]
        if target["health"] != "up"
    }
    assert not down
