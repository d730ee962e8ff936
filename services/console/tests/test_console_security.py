"""Who may ask, and what for: other names, other pages, ways out of the folders."""

from __future__ import annotations

import json
import os

import httpx2
import pytest
from starlette.testclient import TestClient

from console import security
from console.settings import Settings

GETS = ("/", "/up", "/api/toggles", "/api/switching", "/api/reports", "/events")


@pytest.mark.parametrize("path", GETS)
@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8081",
        "localhost.evil.example",
        "127.0.0.1.evil.example:8081",
        "localhost:8081@evil.example",
        "console:8080",
        "10.0.0.7:8081",
        "",
    ],
)
def test_a_name_that_was_bound_to_this_address_is_refused(
    client: TestClient, path: str, host: str
) -> None:
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == 421
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("host", ["localhost:8081", "127.0.0.1:9999", "LOCALHOST", "[::1]:8081"])
def test_loopback_names_are_accepted(client: TestClient, host: str) -> None:
    assert client.get("/up", headers={"Host": host}).text == "up\n"


@pytest.mark.parametrize("path", [*GETS[:-1], "/nothing", "/api/trace"])
def test_every_answer_says_what_a_browser_may_do_with_it(client: TestClient, path: str) -> None:
    answer = client.get(path)
    for name, value in security.HEADERS.items():
        if name != "Cache-Control":
            assert answer.headers[name] == value
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", ["/", "/events", "/api/toggles", "/api/history", "/style.css"])
def test_nothing_but_reading_is_done(client: TestClient, method: str, path: str) -> None:
    assert client.request(method, path).status_code == 405


@pytest.mark.parametrize("path", ["/api/trace", "/api/switch"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://localhost:9090"}, 403),
        ({"Origin": "https://localhost:8081"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Host": "evil.example", "Origin": "http://evil.example"}, 421),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ],
)
def test_another_page_can_ask_for_nothing(
    client: TestClient, path: str, headers: dict[str, str], status: int
) -> None:
    body = json.dumps({"path": "/", "toggle": "LAB_EDGE_PAGES", "value": "off"})
    given = {"Content-Type": "application/json", **headers}
    assert client.post(path, content=body, headers=given).status_code == status


@pytest.mark.parametrize("path", ["/api/trace", "/api/switch"])
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b'"/"', 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 4000, 400),
        (b'{"path": "' + b"a" * security.MOST_BODY + b'"}', 413),
    ],
)
def test_a_body_that_is_no_small_object_is_told_in_one_line(
    client: TestClient, path: str, body: bytes, status: int
) -> None:
    answer = client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert len(answer.json()["error"].splitlines()) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/../secret",
        "/%2e%2e/secret",
        "/..%2fsecret",
        "/js/..%2f..%2fsecret",
        "/%2e%2e%2fsecret",
        "//etc/passwd",
        "/etc/passwd",
        "/link",
    ],
)
def test_no_file_beside_the_page_is_served(
    client: TestClient, settings: Settings, path: str
) -> None:
    os.symlink(settings.site.parent / "secret", settings.site / "link")
    request = httpx2.Request("GET", "http://localhost:8081")
    request.url = request.url.copy_with(raw_path=path.encode())
    answer = client.send(request)
    assert answer.status_code == 404
    assert "not for browsers" not in answer.text
