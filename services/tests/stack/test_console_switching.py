"""A switch from the live page, all the way: asked for there, done by the helper on the host, told again."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from http.client import HTTPException
from typing import Any

import pytest
import tasks
from test_console import ask, events
from test_toggles import is_kept

from checks import stack
from checks.visitor import Visitor, first_post

PATIENCE = 120  # seconds


@pytest.fixture
def helper() -> Iterator["subprocess.Popen[str]"]:
    """`./scripts/lab console --allow-switching`, as its user starts it; ended by Ctrl-C."""
    started = tasks.start("console", "--allow-switching")
    try:
        until = time.monotonic() + PATIENCE
        while not ask("GET", "/api/switching")[1]["allowed"]:
            assert started.poll() is None, started.communicate()[0]
            assert time.monotonic() < until, "the page never learned that it may switch"
            time.sleep(0.2)
        yield started
    finally:
        started.send_signal(signal.SIGINT)
        try:
            started.communicate(timeout=PATIENCE)
        finally:
            started.kill()


@pytest.fixture
def as_declared() -> Iterator[None]:
    """A switch is kept in `.env`, which is as it was afterwards, and so is the stack."""
    declared = stack.TOP / ".env"
    before = declared.read_text()
    yield
    declared.write_text(before)
    stack.up()


def switched(toggle: str, value: str) -> dict[str, Any]:
    """The last state of a switch that is asked for as the page does it."""
    status, answer = ask("POST", "/api/switch", {"toggle": toggle, "value": value})
    assert status == 202, answer
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        # The page's own container reads toggles, and is made anew: a browser then comes again by itself.
        with suppress(OSError, HTTPException), closing(events()) as told:
            for name, data in told:
                ours = name == "switching" and data["id"] == answer["id"]
                if ours and data["state"] in ("done", "failed"):
                    return dict(data)
                if time.monotonic() > until:
                    break
        time.sleep(0.2)
    raise AssertionError(f"{toggle}={value} was asked for, and never done")


def in_force(service: str, toggle: str) -> str:
    """As the running container has it."""
    (container,) = stack.containers()[service]
    pairs = dict(pair.split("=", 1) for pair in container["Config"]["Env"])
    return str(pairs[toggle])


@pytest.mark.usefixtures("as_declared")
@pytest.mark.timeout(4 * PATIENCE)
def test_a_layer_is_switched_off_and_on_again(
    helper: "subprocess.Popen[str]", visitor: Visitor
) -> None:
    post = first_post(visitor)
    off = switched("LAB_EDGE_PAGES", "off")
    assert off["state"] == "done", off
    assert in_force("varnish", "LAB_EDGE_PAGES") == "off"
    assert not is_kept(visitor, post)
    on = switched("LAB_EDGE_PAGES", "on")
    assert on["state"] == "done", on
    assert is_kept(visitor, post)
    helper.send_signal(signal.SIGINT)
    said, wrong = helper.communicate(timeout=PATIENCE)
    assert helper.returncode == 0, wrong
    assert "LAB_EDGE_PAGES=off is in force" in said
    assert "it may switch nothing any more" in said
    assert ask("POST", "/api/switch", {"toggle": "LAB_EDGE_PAGES", "value": "off"})[0] == 403


@pytest.mark.usefixtures("helper")
@pytest.mark.parametrize(
    ("toggle", "value"),
    [("LAB_EDGE_PAGES", "sideways"), ("LAB_PORT", "80"), ("PATH", "/tmp"), ("LAB_TTL", "5; id")],
)
def test_nothing_but_declared_toggles_can_be_asked_for(toggle: str, value: str) -> None:
    status, refused = ask("POST", "/api/switch", {"toggle": toggle, "value": value})
    assert (status, "accepted" in refused["error"]) == (400, True)
