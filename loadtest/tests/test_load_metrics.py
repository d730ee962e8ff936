"""What Locust's page tells Prometheus, asked for as Prometheus asks."""

from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from users.metrics import LoadMetrics


class Listeners(list[Any]):
    """Locust's event: whoever listens is told."""

    add_listener = list.append

    def fire(self, **facts: Any) -> None:
        for listener in self:
            listener(**facts)


@pytest.fixture
def environment() -> SimpleNamespace:
    made = SimpleNamespace(
        events=SimpleNamespace(request=Listeners()),
        runner=SimpleNamespace(user_count=7),
        web_ui=SimpleNamespace(app=Flask(__name__)),
    )
    LoadMetrics(made)
    return made


def figures(environment: SimpleNamespace) -> dict[str, float]:
    answer = environment.web_ui.app.test_client().get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def ask(environment: SimpleNamespace, name: str, milliseconds: float, wrong: str = "") -> None:
    environment.events.request.fire(
        request_type="GET",
        name=name,
        response_time=milliseconds,
        response_length=100,
        exception=ValueError(wrong) if wrong else None,
    )


def test_good_answers_are_counted_by_kind_and_timed_by_category(
    environment: SimpleNamespace,
) -> None:
    for milliseconds in (2, 4, 30):
        ask(environment, "page/post", milliseconds)
    ask(environment, "page/front", 2000)
    found = figures(environment)
    assert found["locust_requests_total page/post"] == 3
    assert found["locust_requests_total page/front"] == 1
    assert found["locust_response_seconds_count page"] == 4
    assert found["locust_response_seconds_sum page"] == pytest.approx(2.036)
    assert found["locust_response_seconds_bucket page 0.005"] == 2
    assert found["locust_response_seconds_bucket page +Inf"] == 4


def test_a_failure_is_no_fast_answer(environment: SimpleNamespace) -> None:
    ask(environment, "write/comment", 1, wrong="status 500")
    found = figures(environment)
    assert found["locust_failures_total write/comment"] == 1
    assert "locust_requests_total write/comment" not in found
    assert not any(name.startswith("locust_response_seconds_count") for name in found)


def test_visitors_are_those_at_work_now(environment: SimpleNamespace) -> None:
    assert figures(environment)["locust_users"] == 7
    environment.runner.user_count = 0
    assert figures(environment)["locust_users"] == 0


def test_before_a_runner_there_is_nobody() -> None:
    made = SimpleNamespace(events=SimpleNamespace(request=Listeners()), runner=None, web_ui=None)
    assert LoadMetrics(made).registry.get_sample_value("locust_users") == 0
