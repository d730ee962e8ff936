"""What was before a browser came: the history, the markers, and what a service is busy with."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from console_fakes import Behind
from starlette.testclient import TestClient

import journal
from console import markers
from console.prometheus import MOST_POINTS, step_of
from console.reader import Reader
from console.settings import Settings

Series = list[dict[str, object]]


def prometheus(behind: Behind, series: Series, alerts: Series | None = None) -> None:
    """series: of every query."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/api/v1/alerts":
            return httpx2.Response(
                200, json={"status": "success", "data": {"alerts": alerts or []}}
            )
        assert request.url.path == "/api/v1/query_range"
        query = request.url.params["query"]
        found = [each for each in series if str(each.get("of", "")) in query]
        return httpx2.Response(200, json={"status": "success", "data": {"result": found}})

    behind.answers["prometheus"] = answer


def test_the_history_is_on_one_grid(client: TestClient, behind: Behind) -> None:
    now = int(time.time()) // 5 * 5
    rate = {"__name__": "layer:requests:rate30s", "layer": "varnish"}
    ratio = {"__name__": "cache:hit_ratio:rate30s", "cache": "redis"}
    site = {"__name__": "backend:requests:rate30s", "backend": "site"}
    cores = {"__name__": "service:cpu_cores:rate30s", "service": "web"}
    prometheus(
        behind,
        [
            {"of": "layer", "metric": rate, "values": [[now - 5, "3"], [now - 15, "1.5"]]},
            {"of": "layer", "metric": ratio, "values": [[now - 5, "NaN"]]},
            {"of": "layer", "metric": cores, "values": [[now - 5, "0.25"]]},
            {"of": "layer", "metric": site, "values": [[now - 5, "2"]]},
            {"of": "layer", "metric": {**rate, "layer": "nginx"}, "values": [[now - 5, "7"]]},
            {"of": "django", "metric": {}, "values": [[now - 5, "9"]]},
        ],
    )
    told = client.get("/api/history").json()
    assert told["step"] == 5
    length = 300 // 5 + 1
    index = (now - 5 - told["from"]) // 5
    varnish = told["series"]["requests"]["varnish"]
    assert (len(varnish), varnish[index], varnish[index - 1], varnish[index - 2]) == (
        length,
        3,
        None,
        1.5,
    )
    assert told["series"]["hit_ratio"]["redis"] == [None] * length
    assert told["series"]["cpu"]["web"][index] == 0.25
    assert told["series"]["requests"]["nginx"][index] == 2
    assert told["series"]["requests"]["web"][index] == 9


@pytest.mark.parametrize("path", ["/api/history", "/api/markers"])
@pytest.mark.parametrize("asked", ["0", "121", "-1", "1.5", "five", "", "9" * 50, "٣", "5;"])
def test_minutes_that_are_none_are_refused_in_one_line(
    client: TestClient, path: str, asked: str
) -> None:
    answer = client.get(path, params={"minutes": asked})
    assert answer.status_code == 400
    assert answer.json() == {"error": "minutes: accepted are whole numbers from 1 to 120"}


def test_no_history_has_too_many_points() -> None:
    assert all(60 * minutes / step_of(60 * minutes) <= MOST_POINTS for minutes in range(1, 121))


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(503),
        httpx2.Response(200, text="<html>"),
        httpx2.Response(200, json={"status": "success"}),
        None,
    ],
)
def test_a_lost_prometheus_is_told(
    client: TestClient, behind: Behind, answer: httpx2.Response | None
) -> None:
    if answer is not None:
        behind.answers["prometheus"] = lambda _: answer
    told = client.get("/api/history")
    assert told.status_code == 502
    assert told.json()["error"].startswith("Prometheus")
    # What the journal holds is told without it.
    assert client.get("/api/markers").json() == []


def fired(name: str, at: str) -> dict[str, object]:
    return {"labels": {"alertname": name}, "state": "firing", "activeAt": at}


def test_alerts_of_the_same_moment_are_told_apart_and_each_keeps_its_number() -> None:
    at = "2026-11-26T11:00:00.000000123Z"
    first, second = (markers.of_alert(fired(name, at)) for name in ("ServerDown", "ReplicaGone"))
    assert first.id != second.id
    assert first.at == second.at
    assert markers.of_alert(fired("ServerDown", at)) == first


def test_a_slow_prometheus_holds_up_nothing_and_what_fires_is_told_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(markers, "LOOK_AT_ALERTS", 0.0)
    firing: list[dict[str, object]] = []

    async def looking() -> list[str]:
        answers = asyncio.Event()

        class Slow:
            async def alerts(self) -> list[dict[str, object]]:
                await answers.wait()
                return [*firing]

        news = markers.News(Reader(httpx2.AsyncClient()), Slow(), [])  # type: ignore[arg-type]
        told: list[str] = []

        async def look(times: int) -> None:
            for _ in range(times):
                told.extend(marker.text for marker in news.look())
                await asyncio.sleep(0)

        await look(5)
        answers.set()
        await look(5)
        firing.append(fired("ServerDown", datetime.now(UTC).isoformat()))
        await look(9)
        news.stop()
        return told

    assert asyncio.run(looking()) == ["ServerDown"]


def test_markers_of_all_kinds_are_told_in_order(
    client: TestClient, behind: Behind, settings: Settings
) -> None:
    now = int(time.time()) // 10 * 10
    purges = {"of": "purges", "metric": {}, "values": [[now - 60, "3.2"], [now - 50, "0"]]}
    alert = {
        "labels": {"alertname": "HitRatioFell"},
        "annotations": {"summary": "the hit ratio fell"},
        "state": "firing",
        "activeAt": "2025-11-25T22:13:58.966553417Z",
    }
    recent = time.strftime("%Y-%m-%dT%H:%M:%S.123456789Z", time.gmtime(now - 30))
    prometheus(
        behind,
        [purges],
        [
            alert,
            {**alert, "activeAt": recent},
            {**alert, "state": "pending", "activeAt": recent},
            {},
        ],
    )
    journal.mark("toggle", "LAB_TTL=5", settings.shared)
    told = client.get("/api/markers").json()
    assert [(each["kind"], each["text"], each["count"]) for each in told] == [
        ("purge", "3 purged downstream", 3),
        ("alert", "the hit ratio fell", None),
        ("toggle", "LAB_TTL=5", None),
    ]
    assert len({each["id"] for each in told}) == 3


def switched(settings: Settings, **toggles: str) -> list[str]:
    """The marks that a start under these toggles leaves."""
    markers.note_switches(settings.kept, settings.shared, toggles)
    return [marker.text for marker in journal.read(settings.kept)]


def test_what_was_switched_by_hand_is_seen_when_the_container_is_made_anew(
    settings: Settings,
) -> None:
    assert switched(settings, LAB_TTL="60", LAB_UPSTREAM="redis") == []
    assert switched(settings, LAB_TTL="60", LAB_UPSTREAM="redis") == []
    assert switched(settings, LAB_TTL="5", LAB_UPSTREAM="redis") == ["LAB_TTL=5"]


def test_what_the_task_runner_switched_is_marked_once(settings: Settings) -> None:
    switched(settings, LAB_TTL="60")
    journal.mark("toggle", "LAB_TTL=5", settings.shared)
    assert switched(settings, LAB_TTL="5") == []


@pytest.mark.parametrize("text", ["", "{", "[]", "7"])
def test_a_file_that_is_none_of_ours_is_no_reason_to_fail(settings: Settings, text: str) -> None:
    (settings.kept / "toggles.json").write_text(text)
    assert switched(settings, LAB_TTL="60") == []
    assert json.loads((settings.kept / "toggles.json").read_text()) == {"LAB_TTL": "60"}


def test_a_folder_that_can_not_be_written_is_no_reason_to_fail(tmp_path: Path) -> None:
    markers.note_switches(tmp_path / "none", tmp_path / "none", {"LAB_TTL": "60"})


SAMPLED = {
    "title": "Keys by policy",
    "columns": ["policy", "keys", "share"],
    "rows": [["card", 30, 0.75], ["(claims)", 10, 0.25]],
    "note": "40 of 40 keys, by SCAN.",
}


class Replica:
    """One replica of Django, whose counters grow by each reading."""

    def __init__(self) -> None:
        self.readings = 0

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.readings += 1
        n = self.readings
        return httpx2.Response(
            200,
            text=f'django_http_requests_total{{group="reading",status="2xx"}} {6 * n}\n'
            f'django_http_request_seconds_sum{{group="reading"}} {0.03 * n}\n'
            f'django_http_request_seconds_count{{group="reading"}} {6 * n}\n'
            'django_http_requests_total{group="board",status="2xx"} 7\n'
            f'caching_hits_total{{policy="card"}} {3 * n}\n'
            f'caching_misses_total{{policy="card",reason="absent"}} {n}\n',
        )


@pytest.fixture
def django(behind: Behind, monkeypatch: pytest.MonkeyPatch) -> Replica:
    replica = Replica()
    behind.answers["10.0.0.1"] = replica

    async def resolve(name: str) -> list[str]:
        return ["10.0.0.1"]

    monkeypatch.setattr("console.reader.addresses", resolve)
    monkeypatch.setattr("console.top.APART", 1.0)
    return replica


def test_groups_of_views_are_read_when_somebody_asks(
    client: TestClient, behind: Behind, django: Replica
) -> None:
    assert behind.asked == []
    told = client.get("/api/top/web").json()
    (row,) = told["rows"]
    assert row[0] == "reading"
    assert row[1] > 0
    assert row[2:] == [5.0, 0.0]
    assert django.readings == 2


def test_a_table_answers_everybody_for_a_moment(client: TestClient, django: Replica) -> None:
    assert client.get("/api/top/web").json() == client.get("/api/top/web").json()
    assert django.readings == 2


def test_policies_are_told_with_their_keys(
    client: TestClient, behind: Behind, django: Replica
) -> None:
    behind.answers["sampler"] = lambda _: httpx2.Response(200, json=SAMPLED)
    told = client.get("/api/top/redis").json()
    card, claims = told["rows"]
    assert (card[0], card[2:]) == ("card", [0.75, 30, 0.75])
    assert card[1] > 0
    assert claims == ["(claims)", 0.0, None, 10, 0.25]


def test_a_cache_that_django_does_not_ask_has_only_keys(
    client: TestClient, behind: Behind, django: Replica
) -> None:
    behind.answers["sampler"] = lambda _: httpx2.Response(200, json=SAMPLED)
    assert client.get("/api/top/memcached").json() == SAMPLED
    assert django.readings == 0


@pytest.mark.parametrize("service", ["varnish", "postgres", "redis"])
def test_what_the_sampler_can_not_tell_is_told(
    client: TestClient, behind: Behind, service: str
) -> None:
    assert client.get(f"/api/top/{service}").status_code == 503
    behind.answers["sampler"] = lambda _: httpx2.Response(503, json={"error": "does it run?"})
    answer = client.get(f"/api/top/{service}")
    assert (answer.status_code, answer.json()) == (503, {"error": "does it run?"})


@pytest.mark.parametrize("service", ["nginx", "minio", "partner", "..", "%2e%2e", "redis%2f.."])
def test_what_has_no_table_is_told(client: TestClient, behind: Behind, service: str) -> None:
    assert client.get(f"/api/top/{service}").status_code == 404
    assert behind.asked == []
