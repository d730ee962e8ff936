"""Switching: only while the host's helper lives, and only what is declared."""

from __future__ import annotations

import json
import time

import pytest
from starlette.testclient import TestClient

from console import switching
from console.settings import Settings

WISH = {"toggle": "LAB_EDGE_PAGES", "value": "off"}


def allow(settings: Settings, ago: float = 0.0) -> None:
    (settings.shared / "heartbeat.json").write_text(json.dumps({"at": time.time() - ago}))


def test_without_a_helper_nothing_is_switched(client: TestClient, settings: Settings) -> None:
    assert client.get("/api/switching").json() == {"allowed": False, "how": switching.HOW}
    answer = client.post("/api/switch", json=WISH)
    assert answer.status_code == 403
    assert switching.HOW in answer.json()["error"]
    assert not [*settings.requests.iterdir()]


def test_a_helper_that_has_died_allows_nothing(client: TestClient, settings: Settings) -> None:
    allow(settings, ago=60)
    assert client.post("/api/switch", json=WISH).status_code == 403


@pytest.mark.parametrize("text", ["", "{", "[]", '{"at": "soon"}', '{"at": null}'])
def test_a_heartbeat_that_is_none_allows_nothing(
    client: TestClient, settings: Settings, text: str
) -> None:
    (settings.shared / "heartbeat.json").write_text(text)
    assert client.post("/api/switch", json=WISH).status_code == 403


def test_a_switch_is_handed_to_the_helper(client: TestClient, settings: Settings) -> None:
    allow(settings)
    answer = client.post("/api/switch", json=WISH, headers={"Origin": "http://localhost:8081"})
    assert answer.status_code == 202
    (path,) = settings.requests.iterdir()
    assert json.loads(path.read_text()) == {"id": answer.json()["id"], **WISH}


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({}, "toggle: accepted values are"),
        ({"toggle": "LAB_DEBUG", "value": "on"}, "toggle: accepted values are LAB_EDGE_PAGES"),
        ({"toggle": "PATH", "value": "/tmp"}, "toggle: accepted values are"),
        ({"toggle": ["LAB_EDGE_PAGES"], "value": "on"}, "toggle: accepted values are"),
        ({"toggle": "LAB_EDGE_PAGES"}, "value: accepted values for LAB_EDGE_PAGES are on, off"),
        ({"toggle": "LAB_EDGE_PAGES", "value": "maybe"}, "accepted values are on, off"),
        ({"toggle": "LAB_EDGE_PAGES", "value": "on; reboot"}, "accepted values are on, off"),
        ({"toggle": "LAB_EDGE_PAGES", "value": "on\n"}, "accepted values for LAB_EDGE_PAGES"),
        ({"toggle": "LAB_TTL", "value": "0"}, "whole numbers from 1 to 86400"),
        ({"toggle": "LAB_TTL", "value": 60}, "whole numbers from 1 to 86400"),
    ],
)
def test_what_is_not_declared_is_refused_in_one_line(
    client: TestClient, settings: Settings, wish: dict[str, object], says: str
) -> None:
    allow(settings)
    answer = client.post("/api/switch", json=wish)
    assert answer.status_code == 400
    assert says in answer.json()["error"]
    assert len(answer.json()["error"].splitlines()) == 1
    assert not [*settings.requests.iterdir()]


def test_a_spool_that_is_full_takes_no_more(client: TestClient, settings: Settings) -> None:
    allow(settings)
    answers = [client.post("/api/switch", json=WISH) for _ in range(switching.MOST_WAITING + 2)]
    assert answers[0].status_code == 202
    assert answers[-1].status_code == 429


def test_the_toggles_are_told_with_what_they_accept(client: TestClient) -> None:
    told = {each["name"]: each for each in client.get("/api/toggles").json()}
    assert told["LAB_EDGE_PAGES"] == {
        "name": "LAB_EDGE_PAGES",
        "value": "on",
        "values": ["on", "off"],
        "range": None,
        "what": "Varnish keeps anonymous pages",
        "layer": "varnish",
        "command": "LAB_EDGE_PAGES=off docker compose up -d",
    }
    assert told["LAB_TTL"]["values"] == []
    assert told["LAB_TTL"]["range"] == [1, 86400]
    assert "LAB_DEBUG" not in told
