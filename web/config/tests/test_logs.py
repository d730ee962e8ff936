"""A replica's log: lines of JSON under the request's name, and only under a name of Varnish's form."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve

from config.logs import JsonLines, RequestLog
from config.outcomes import Outcome, counted, outcomes

NAME = "1795626831-3414"
UPSTREAM = (
    'upstream; detail="3 more", upstream; hit; detail="post_card*20", '
    'upstream; fwd=stale; stored; detail="front_list, invalidated"'
)

Lines = Callable[[], list[dict[str, Any]]]


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.setFormatter(JsonLines())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler, root = Kept(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in handler.lines]
    root.removeHandler(handler)
    root.setLevel(level)


def ask(
    view: Callable[[HttpRequest], HttpResponse], name: str | None = NAME, **headers: str
) -> HttpResponse:
    sent = {"X-Request-ID": name} if name is not None else {}
    return RequestLog(view)(RequestFactory().get("/posts/?q=1", headers={**sent, **headers}))


def page(request: HttpRequest) -> HttpResponse:
    request.resolver_match = resolve("/up")
    logging.getLogger("magazine").warning("odd: %s", "this")
    return HttpResponse(headers={"Cache-Status": UPSTREAM})


def test_a_request_is_one_line_and_what_it_said_meanwhile_has_its_name(lines: Lines) -> None:
    ask(page)
    said, request = lines()
    assert (said["request_id"], said["message"], said["level"]) == (NAME, "odd: this", "warning")
    assert said["logger"] == "magazine"
    assert request.pop("seconds") >= 0
    assert request.pop("time").endswith("+00:00")
    assert request == {
        "level": "info",
        "logger": "lab.request",
        "request_id": NAME,
        "method": "GET",
        "uri": "/posts/?q=1",
        "status": 200,
        "view": "config.health.up",
        "upstream": {"hit": 20, "stale": 1},
    }


@pytest.mark.parametrize(
    "name",
    [None, "", "1-1", "mine", f"{NAME}\n", f" {NAME}", f"{NAME}-1", "1" * 12 + "-1", "1" * 9 + "-" + "1" * 20,
     "١٧٩٥٦٢٦٨٣١-1", '1795626831-3"', "x" * 10_000],
)  # fmt: skip
def test_a_name_of_another_form_is_none(name: str | None, lines: Lines) -> None:
    ask(page, name)
    (said,) = lines()
    assert said["request_id"] == ""


def test_the_name_ends_with_the_request_also_where_it_fails(lines: Lines) -> None:
    def broken(request: HttpRequest) -> HttpResponse:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        ask(broken)
    logging.getLogger("later").warning("after it")
    (said,) = lines()
    assert said["request_id"] == ""


@pytest.mark.parametrize(("name", "logged"), [(NAME, NAME), ("mine", "")])
def test_a_refusal_that_django_tells_of_afterwards_has_the_name(
    name: str, logged: str, lines: Lines
) -> None:
    answer = Client(headers={"X-Request-ID": name}).get("/nowhere/")
    assert answer.status_code == 404
    (said,) = [line for line in lines() if line["logger"] == "django.request"]
    assert (said["message"], said["request_id"]) == ("Not Found: /nowhere/", logged)


def test_an_exception_and_odd_characters_stay_one_line() -> None:
    try:
        raise ValueError("two\nlines \udc80")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "f", 1, "a\nb", (), sys.exc_info())
    line = JsonLines().format(record)
    assert "\n" not in line
    assert json.loads(line)["exception"].startswith("Traceback")


def test_what_the_upstream_cache_did_is_read_in_the_order_of_asking() -> None:
    assert outcomes(UPSTREAM) == (
        Outcome("front_list", 1, "stale", stored=True, collapsed=False, why="invalidated"),
        Outcome("post_card", 20, "hit", stored=False, collapsed=False, why=""),
    )
    assert outcomes("varnish; hit") == outcomes("") == ()
    assert counted(UPSTREAM) == {"hit": 20, "stale": 1}
