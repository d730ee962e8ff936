"""The addresses of the page's server, and what lies behind each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from . import live, markers, reports, switching, toggled, trace
from .events import Event, Full, Hub
from .host import Host
from .markers import News
from .prometheus import Lost, Prometheus, minutes
from .reader import Reader
from .security import Guard, Refused, asked, refused
from .settings import Settings
from .top import Top

Json = dict[str, Any]

MOST_TRACES = 4  # at once


class Console:
    """What the answers are made of. `client` asks the exporters, Prometheus and Varnish, and no one else."""

    def __init__(self, settings: Settings, client: httpx2.AsyncClient) -> None:
        self.settings = settings
        self.client = client
        self.reader = Reader(client)
        self.prometheus = Prometheus(client, settings.prometheus)
        self.host = Host(settings.shared)
        self.folders = (settings.shared, settings.kept)
        self.news = News(self.reader, self.prometheus, self.folders)
        self.hub = Hub(self.beat, self.rest)
        self.top = Top(client, settings.sampler, self.reader)
        self.traces = asyncio.Semaphore(MOST_TRACES)
        self._told: dict[str, Any] = {}

    @property
    def in_force(self) -> Mapping[str, str]:
        """The toggles that the container was started with, or those that a benchmark measures now."""
        return {**self.settings.toggles, **self.host.measured()}

    def greeting(self) -> list[Event]:
        """What a browser is told when it comes."""
        return [
            Event("toggles", dict(self.in_force)),
            Event("bench", self.host.bench()),
            *(Event("switching", each) for each in self.host.recent()),
        ]

    async def beat(self) -> list[Event]:
        """The events of this second."""
        if not self._told:
            self.news.begin()
            self._told = self._tellable()
        await self.reader.round()
        found = [Event("live", live.message(self.reader, self.in_force, time.time()))]
        found += [Event("marker", markers.as_json(marker)) for marker in self.news.look()]
        return [*found, *self._changed()]

    async def rest(self) -> None:
        """Nobody looks any more: nothing is asked, and nothing remembered."""
        self._told = {}
        self.news.stop()
        await self.reader.stop()

    def _tellable(self) -> dict[str, Any]:
        switched = {str(each.get("id")): each for each in self.host.switches()}
        return {"toggles": dict(self.in_force), "bench": self.host.bench(), "switching": switched}

    def _changed(self) -> list[Event]:
        before, now = self._told, self._tellable()
        self._told = now
        found = [Event(n, now[n]) for n in ("toggles", "bench") if now[n] != before[n]]
        for number, each in now["switching"].items():
            if each != before["switching"].get(number):
                found.append(Event("switching", each))
        return found


def console_of(request: Request) -> Console:
    console: Console = request.app.state.console
    return console


async def events(request: Request) -> Response:
    if request.method == "HEAD":
        return Response(media_type="text/event-stream")
    console = console_of(request)
    try:
        stream = console.hub.listen(console.greeting())
    except Full:
        return PlainTextResponse("Too many browsers look at this page.\n", 503)
    return StreamingResponse(
        stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


async def history(request: Request) -> Response:
    asked_for = minutes(request.query_params.get("minutes"))
    return _fresh(await console_of(request).prometheus.history(asked_for))


async def past_markers(request: Request) -> Response:
    console = console_of(request)
    asked_for = minutes(request.query_params.get("minutes"))
    found = await markers.past(console.prometheus, console.folders, asked_for)
    return _fresh([markers.as_json(marker) for marker in found])


async def toggles(request: Request) -> Response:
    console = console_of(request)
    try:
        return _fresh(toggled.listed(console.settings.declared, console.in_force))
    except (OSError, ValueError) as error:
        raise Refused(f"the toggles' declaration can't be read: {error}", 500) from None


async def top(request: Request) -> Response:
    console = console_of(request)
    return _fresh(await console.top.of(request.path_params["service"], console.in_force))


async def one_trace(request: Request) -> Response:
    console = console_of(request)
    path = trace.checked((await asked(request)).get("path"))
    if console.traces.locked():
        raise Refused("too many requests are under way: try again", 429)
    async with console.traces:
        host = f"localhost:{console.settings.port}"
        return _fresh(await trace.trace(console.client, console.settings.varnish, host, path))


async def all_reports(request: Request) -> Response:
    results = console_of(request).settings.results
    return _fresh(await asyncio.to_thread(reports.listed, results))


async def report(request: Request) -> Response:
    parts = request.path_params
    return reports.file(console_of(request).settings.results, parts["name"], parts["file"])


async def may_switch(request: Request) -> Response:
    return _fresh(switching.state(console_of(request).host))


async def switch(request: Request) -> Response:
    console = console_of(request)
    settings = console.settings
    wanted = await asked(request)
    state = switching.ask(console.host, settings.requests, settings.declared, wanted)
    console.hub.tell([Event("switching", state)])
    return _fresh({"id": state["id"]}, 202)


async def up(request: Request) -> Response:
    return PlainTextResponse("up\n")


def _fresh(found: object, status: int = 200) -> JSONResponse:
    return JSONResponse(found, status, headers={"Cache-Control": "no-store"})


async def _refused(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Refused)  # noqa: S101 (what the handler is registered for)
    return refused(problem)


async def _lost(request: Request, problem: Exception) -> Response:
    return JSONResponse({"error": str(problem)}, 502)


def routes(settings: Settings) -> list[Route | Mount]:
    return [
        Route("/up", up),
        Route("/events", events),
        Route("/api/history", history),
        Route("/api/markers", past_markers),
        Route("/api/toggles", toggles),
        Route("/api/top/{service}", top),
        Route("/api/reports", all_reports),
        Route("/api/switching", may_switch),
        Route("/api/trace", one_trace, methods=["POST"]),
        Route("/api/switch", switch, methods=["POST"]),
        Route("/reports/{name}/{file}", report),
        Mount("/", StaticFiles(directory=settings.site, html=True)),
    ]


def application(settings: Settings, client: httpx2.AsyncClient) -> Starlette:
    """client: is closed when the server stops."""

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        console = Console(settings, client)
        app.state.console = console
        markers.note_switches(settings.kept, settings.shared, settings.toggles)
        async with client:
            yield
            await console.hub.close()

    return Starlette(
        routes=routes(settings),
        middleware=[Middleware(Guard)],
        exception_handlers={Refused: _refused, Lost: _lost},
        lifespan=life,
    )
