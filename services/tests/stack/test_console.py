"""The live page's server on the running stack: what it tells of it, and whom it refuses."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest

from checks import stack
from checks.visitor import Visitor

PATIENCE = 30  # seconds
Json = Any


def ask(method: str, path: str, body: object = None, **headers: str) -> tuple[int, Json]:
    """Status and JSON, or text where it is none."""
    connection = HTTPConnection("127.0.0.1", int(stack.setting("LAB_CONSOLE_PORT")), PATIENCE)
    given = {"Content-Type": "application/json", **headers} if body is not None else headers
    connection.request(method, path, json.dumps(body) if body is not None else None, given)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    try:
        return answer.status, json.loads(text)
    except ValueError:
        return answer.status, text


def events() -> Iterator[tuple[str, Json]]:
    """What a browser is told, until it goes."""
    connection = HTTPConnection("127.0.0.1", int(stack.setting("LAB_CONSOLE_PORT")), PATIENCE)
    connection.request("GET", "/events")
    answer = connection.getresponse()
    try:
        name = ""
        while line := answer.readline().decode():
            if line.startswith("event: "):
                name = line.removeprefix("event: ").strip()
            elif line.startswith("data: "):
                yield name, json.loads(line.removeprefix("data: "))
    finally:
        connection.close()


def state_until(service: str, wanted: str) -> None:
    """Raises AssertionError when it is not told within so many beats."""
    seen = []
    for name, data in events():
        if name != "live":
            continue
        states = {each["name"]: each["state"] for each in data["services"]}
        seen.append(states[service])
        if states[service] == wanted:
            return
        assert len(seen) < PATIENCE, f"{service} was {seen}, and never {wanted}"


def test_every_service_is_told_to_be_up() -> None:
    for service in ("varnish", "nginx", "web", "redis", "postgres", "minio"):
        state_until(service, "up")


@pytest.mark.parametrize("service", ["memcached", "varnish"])
def test_what_was_killed_is_told_to_be_down(service: str) -> None:
    try:
        stack.compose("kill", service)
        state_until(service, "down")
    finally:
        stack.compose("up", "-d", "--no-deps", "--no-build", "--wait", service)
    state_until(service, "off" if service == "memcached" else "up")


def test_traffic_is_seen_as_it_happens(visitor: Visitor) -> None:
    for name, data in events():
        visitor.get("/")
        if name != "live":
            continue
        hop = next(each for each in data["hops"] if each["to"] == "varnish")
        if hop["rate"]:
            return
    raise AssertionError("the stream has ended")


@pytest.mark.parametrize("service", ["varnish", "web", "redis", "memcached", "postgres"])
def test_what_a_service_is_busy_with_is_told(visitor: Visitor, service: str) -> None:
    visitor.get("/")
    status, table = ask("GET", f"/api/top/{service}")
    assert status == 200, table
    assert all(len(row) == len(table["columns"]) for row in table["rows"])
    if service == "varnish":
        assert "/" in [row[0] for row in table["rows"]]


def test_a_traced_page_is_kept_and_found_again() -> None:
    for _ in range(2):
        status, told = ask("POST", "/api/trace", {"path": "/trending/"})
        assert status == 200, told
    assert told["status"] == 200
    assert (told["hops"][0]["cache"], told["hops"][0]["outcome"]) == ("varnish", "hit")


def test_the_past_is_told() -> None:
    status, told = ask("GET", "/api/history?minutes=5")
    assert status == 200, told
    assert any(value is not None for value in told["series"]["requests"]["varnish"])
    assert ask("GET", "/api/markers?minutes=5")[0] == 200


def test_another_name_or_page_gets_nothing() -> None:
    assert ask("GET", "/api/toggles", Host="evil.example")[0] == 421
    wish = {"toggle": "LAB_EDGE_PAGES", "value": "off"}
    assert ask("POST", "/api/switch", wish, Origin="http://evil.example")[0] == 403
    # And this page neither, unless it was allowed.
    status, refused = ask("POST", "/api/switch", wish)
    assert (status, "--allow-switching" in refused["error"]) == (403, True)
