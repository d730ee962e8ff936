"""One request, traced: which paths are asked for, and how what caches said of it is told."""

from __future__ import annotations

import httpx2
import pytest
from console_fakes import Behind
from starlette.testclient import TestClient

from console import trace

EDGE_HIT = 'upstream; hit; detail="post_page*2", varnish; hit; ttl=55'
EDGE_MISS = 'upstream; fwd=stale; stored; detail="post_page, invalidated", varnish; fwd=miss; stored; ttl=60'


def answering(status: str, body: bytes = b"<p>", **headers: str) -> httpx2.Response:
    given = {"Cache-Status": status, "Age": "12", "X-Request-ID": "1795626831-3", **headers}
    return httpx2.Response(200, content=body, headers=given)


@pytest.mark.parametrize("path", ["/", "/posts/a-post/?page=2", "/search/?q=a%20b", "/a/%C3%A9/"])
def test_a_path_is_asked_of_varnish_as_a_reader_would(
    client: TestClient, behind: Behind, path: str
) -> None:
    behind.answers["varnish"] = lambda _: answering(EDGE_HIT)
    answer = client.post("/api/trace", json={"path": path})
    assert answer.status_code == 200
    (asked,) = behind.asked
    assert asked.method == "GET"
    assert asked.url.host == "varnish"
    assert asked.url.raw_path.decode() == path
    assert asked.headers["Host"] == "localhost:8080"
    assert "cookie" not in asked.headers


@pytest.mark.parametrize(
    "path",
    [
        None,
        7,
        ["/"],
        "",
        "posts/",
        "http://evil.example/",
        "//evil.example/",
        "/%2f/evil.example/",
        "\\\\evil.example",
        "/\\evil.example",
        "/%5cevil.example",
        "@evil.example/",
        "/ HTTP/1.1",
        "/a\r\nHost: evil.example",
        "/a%0d%0aHost:%20evil.example",
        "/a\tb",
        "/%00",
        "/../metrics",
        "/a/%2e%2e/b",
        "/a/./b",
        "/a#b",
        "/é",
        "/" + "a" * trace.LONGEST_PATH,
    ],
)
def test_whatever_is_no_path_is_refused_in_one_line(
    client: TestClient, behind: Behind, path: object
) -> None:
    answer = client.post("/api/trace", json={"path": path})
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("path: accepted")
    assert len(answer.json()["error"].splitlines()) == 1
    assert behind.asked == []


def test_a_redirect_is_told_and_not_followed(client: TestClient, behind: Behind) -> None:
    behind.answers["varnish"] = lambda _: httpx2.Response(
        302, headers={"Location": "http://evil.example/"}
    )
    assert client.post("/api/trace", json={"path": "/"}).json()["status"] == 302
    assert len(behind.asked) == 1


def test_an_answer_that_is_too_long_is_given_up(
    client: TestClient, behind: Behind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace, "MOST_BYTES", 10)
    behind.answers["varnish"] = lambda _: answering(EDGE_HIT, b"x" * 11)
    answer = client.post("/api/trace", json={"path": "/"})
    assert answer.status_code == 400
    assert answer.json() == {"error": "the answer is longer than 10 bytes"}


def test_a_varnish_that_is_down_is_told(client: TestClient) -> None:
    answer = client.post("/api/trace", json={"path": "/"})
    assert answer.status_code == 502
    assert "Varnish gives no answer" in answer.json()["error"]


def test_the_answer_is_told_with_what_each_cache_said(client: TestClient, behind: Behind) -> None:
    behind.answers["varnish"] = lambda _: answering(EDGE_MISS, b"12345")
    told = client.post("/api/trace", json={"path": "/"}).json()
    assert (told["status"], told["bytes"], told["age"]) == (200, 5, 12)
    assert told["request_id"] == "1795626831-3"
    assert told["ms"] >= 0
    assert ["age", "12"] in [[name.lower(), value] for name, value in told["headers"]]
    edge, upstream = told["hops"]
    assert (edge["cache"], edge["outcome"], edge["ttl"]) == ("varnish", "fwd=miss", 60)
    assert edge["stored"]
    assert not upstream["past"]
    assert upstream["outcome"] == "fwd=stale"
    assert upstream["detail"] == "post_page, invalidated"
    assert upstream["text"] == 'upstream;fwd=stale;stored;detail="post_page, invalidated"'


def test_what_was_said_when_a_kept_page_was_made_is_told_apart() -> None:
    edge, upstream = trace.hops(EDGE_HIT)
    assert (edge["outcome"], edge["past"]) == ("hit", False)
    assert (upstream["outcome"], upstream["past"]) == ("hit", True)


@pytest.mark.parametrize("status", ["", "varnish; hit; ttl=", "é", '"'])
def test_what_is_no_cache_status_tells_nothing(status: str) -> None:
    assert trace.hops(status) == []
