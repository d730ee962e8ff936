"""Events: one reading for all browsers, and none while there is no browser."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from threading import Thread

import httpx2
import pytest
import uvicorn
from console_fakes import TOGGLES, Behind

import journal
from console import events
from console.app import application
from console.events import Event, Hub
from console.settings import Settings

Told = tuple[str, object]


@pytest.fixture
def server(settings: Settings, behind: Behind) -> Iterator[str]:
    """The address of a real server, for a stream has no end that a test client could wait for."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        client = httpx2.AsyncClient(transport=httpx2.MockTransport(behind))
        config = uvicorn.Config(
            application(settings, client), log_level="error", timeout_graceful_shutdown=1
        )
        running = uvicorn.Server(config)
        thread = Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        running.should_exit = True
        thread.join()


def told(lines: Iterator[str]) -> Iterator[Told]:
    """What a browser makes of a stream."""
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        if line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def until(stream: Iterator[Told], name: str) -> object:
    return next(data for each, data in stream if each == name)


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_nobody_is_asked_while_no_browser_is_connected(server: str, behind: Behind) -> None:
    assert httpx2.get(f"{server}/up").text == "up\n"
    assert httpx2.head(f"{server}/events").status_code == 200
    assert httpx2.get(f"{server}/api/toggles").status_code == 200
    assert behind.asked == []


def test_a_browser_is_told_and_after_it_has_gone_nobody_is_asked(
    server: str, behind: Behind
) -> None:
    with httpx2.stream("GET", f"{server}/events", timeout=20) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        stream = told(answer.iter_lines())
        assert until(stream, "toggles") == TOGGLES
        assert until(stream, "bench") == {"running": False}
        figures = until(stream, "live")
        assert isinstance(figures, dict)
        states = {each["name"]: each["state"] for each in figures["services"]}
        # Of nginx Prometheus tells, which is silent as well.
        assert (states.pop("readers"), states.pop("nginx")) == ("up", "unknown")
        assert list(states.values()) == ["down"] * 6
    assert behind.asked

    def quiet() -> bool:
        before = len(behind.asked)
        time.sleep(2.5 * events.BEAT)
        return len(behind.asked) == before

    eventually(quiet)


def test_two_browsers_cost_what_one_does(server: str, behind: Behind) -> None:
    with (
        httpx2.stream("GET", f"{server}/events", timeout=20) as one,
        httpx2.stream("GET", f"{server}/events", timeout=20) as other,
    ):
        first, second = told(one.iter_lines()), told(other.iter_lines())
        until(first, "live")
        assert until(first, "live") in (until(second, "live"), until(second, "live"))


def test_what_is_marked_and_what_the_host_tells_comes_as_it_happens(
    server: str, settings: Settings
) -> None:
    with httpx2.stream("GET", f"{server}/events", timeout=20) as answer:
        stream = told(answer.iter_lines())
        until(stream, "live")
        journal.mark("fault", "Redis is killed", settings.shared)
        marker = until(stream, "marker")
        assert isinstance(marker, dict)
        assert (marker["kind"], marker["text"]) == ("fault", "Redis is killed")
        running = {
            "running": True,
            "until": time.time() + 60,
            "experiment": "quick",
            "phase": "round 1 of 2: edge, warming",
            "began": 1.0,
            "rows": [],
            "toggles": {"LAB_EDGE_PAGES": "off"},
        }
        (settings.shared / "bench.json").write_text(json.dumps(running))
        assert until(stream, "toggles") == {**TOGGLES, "LAB_EDGE_PAGES": "off"}
        shown = {name: value for name, value in running.items() if name not in ("until", "toggles")}
        assert until(stream, "bench") == shown
        state = {"id": "1", "toggle": "LAB_TTL", "value": "5", "state": "running", "text": ""}
        (settings.shared / "switching.json").write_text(json.dumps({"states": [state]}))
        assert until(stream, "switching") == state


def test_a_benchmark_that_was_killed_does_not_run_for_ever(server: str, settings: Settings) -> None:
    over = {"running": True, "until": time.time() - 1, "experiment": "quick"}
    (settings.shared / "bench.json").write_text(json.dumps(over))
    with httpx2.stream("GET", f"{server}/events", timeout=20) as answer:
        assert until(told(answer.iter_lines()), "bench") == {"running": False}


class Beats:
    """Counts the beats, and whether there was rest."""

    def __init__(self) -> None:
        self.beats = self.rests = 0
        self.hub = Hub(self.beat, self.rest, every=0.001)

    async def beat(self) -> list[Event]:
        self.beats += 1
        return [Event("live", self.beats)]

    async def rest(self) -> None:
        self.rests += 1


def test_a_browser_that_does_not_keep_up_is_let_go() -> None:
    async def looking() -> None:
        beats = Beats()
        slow = aiter(beats.hub.listen([]))
        await anext(slow)
        while beats.hub.listeners:
            await asyncio.sleep(0.001)
        received = [each async for each in slow]
        assert len(received) <= events.BEHIND
        while not beats.hub.idle:
            await asyncio.sleep(0.001)
        assert beats.rests == 1

    asyncio.run(looking())


def test_only_so_many_browsers_are_served() -> None:
    async def looking() -> None:
        hub = Beats().hub
        streams = [hub.listen([]) for _ in range(events.MOST_LISTENERS)]
        for stream in streams:
            await anext(aiter(stream))
        with pytest.raises(events.Full):
            hub.listen([])
        await hub.close()

    asyncio.run(looking())


def test_the_server_goes_on_when_a_beat_fails() -> None:
    async def looking() -> None:
        failing = True
        rested = 0

        async def beat() -> list[Event]:
            if failing:
                raise ValueError("a figure that nobody expected")
            return [Event("live", 1)]

        async def rest() -> None:
            nonlocal rested
            rested += 1

        hub = Hub(beat, rest, every=0.001)
        stream = aiter(hub.listen([]))
        await anext(stream)
        await asyncio.sleep(0.01)
        failing = False
        assert b"live" in await anext(stream)
        await hub.close()

    asyncio.run(looking())
