"""One name for a request in every layer's log, and `./scripts/lab logs` that follows it."""

import json
import re
import subprocess
from typing import Any

import pytest

from checks import stack
from checks.visitor import Visitor, first_post, member

NAME = re.compile(r"[0-9]{9,11}-[0-9]{1,19}")


def logged(name: str) -> list[dict[str, Any]]:
    """The request's lines, in the order printed."""
    done = subprocess.run(
        ["./scripts/lab", "logs", name, "--json"],
        cwd=stack.TOP,
        capture_output=True,
        text=True,
        check=True,
        timeout=stack.PATIENCE,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def post() -> str:
    path = first_post(Visitor())
    stack.forget_kept()  # finding it has filled the caches
    return path


def test_a_miss_is_in_every_log_and_a_hit_in_varnishs_alone(visitor: Visitor, post: str) -> None:
    miss, hit = visitor.get(post), visitor.get(post)
    names = [answer.headers["X-Request-ID"] for answer in (miss, hit)]
    assert all(map(NAME.fullmatch, names))
    assert len({*names}) == 2, "a kept page has the name of the request at hand"
    edge, nginx, *web = logged(names[0])
    assert (edge["server"], edge["outcome"]) == ("varnish", "miss")
    assert (nginx["server"], nginx["replica"]) == ("nginx", web[0]["server"])
    assert web[0]["server"].startswith("web-")
    assert web[0]["upstream"], "what the upstream cache did for it"
    for line in (edge, nginx, web[0]):
        assert (line["method"], line["uri"], line["status"]) == ("GET", post, 200)
        assert line["request_id"] == names[0]
    (edge,) = logged(names[1])
    assert (edge["server"], edge["outcome"]) == ("varnish", "hit")


def test_a_name_from_outside_is_not_taken(visitor: Visitor, post: str) -> None:
    mine = "1795626831-3414"
    answer = visitor.send(post, headers={"X-Request-ID": mine})
    name = answer.headers["X-Request-ID"]
    assert name != mine
    assert {line["request_id"] for line in logged(name)} == {name}
    assert visitor.send(post, headers={"X-Request-ID": "other"}).is_hit, "it is in no key"


def test_a_members_page_is_told_with_its_parts(post: str) -> None:
    answer = member().get(post)
    lines = logged(answer.headers["X-Request-ID"])
    assert len({line["request_id"] for line in lines}) > 1
    assert {line["server"].partition("-")[0] for line in lines} == {"varnish", "nginx", "web"}
    assert lines[0]["request_id"] == answer.headers["X-Request-ID"]
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)


def test_health_checks_leave_no_lines() -> None:
    lines = stack.compose("logs", "--no-log-prefix", "--since", "30s", "web").splitlines()
    assert not [line for line in lines if '"/up"' in line and '"request_id": ""' in line]
