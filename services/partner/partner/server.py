"""The HTTP side: `/feed.atom`, `/up` for the health check, `/stats` for counting fetches."""

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from urllib.parse import urlsplit

from partner.atom import feed
from partner.entries import PERIOD, entries_at
from partner.temper import Temper

Reply = tuple[int, dict[str, str], bytes]


class Partner:
    """What is answered, apart from the sockets."""

    def __init__(
        self,
        sayings: Sequence[str],
        temper: Temper,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._sayings = sayings
        self._temper = temper
        self._clock = clock
        self._sleep = sleep
        self._counts: Counter[str] = Counter()
        self._lock = Lock()

    def answer(self, path: str, if_none_match: str | None) -> Reply:
        match path:
            case "/feed.atom":
                return self._feed(if_none_match)
            case "/up":
                return 200, {"Content-Type": "text/plain"}, b"up\n"
            case "/stats":
                return 200, {"Content-Type": "application/json"}, self._stats()
            case _:
                return 404, {"Content-Type": "text/plain"}, b"There is only /feed.atom here.\n"

    def _feed(self, if_none_match: str | None) -> Reply:
        self._count("requests")
        self._sleep(self._temper.delay())
        if self._temper.fails():
            self._count("failed")
            return 503, {"Content-Type": "text/plain", "Retry-After": "1"}, b"Not now.\n"
        now = self._clock()
        etag = f'"{int(now // PERIOD)}"'
        if if_none_match == etag:
            self._count("not_modified")
            return 304, {"ETag": etag}, b""
        self._count("served")
        headers = {"Content-Type": "application/atom+xml; charset=utf-8", "ETag": etag}
        return 200, headers, feed(entries_at(now, self._sayings))

    def _stats(self) -> bytes:
        names = ("requests", "served", "not_modified", "failed")
        with self._lock:
            return json.dumps({name: self._counts[name] for name in names}).encode() + b"\n"

    def _count(self, name: str) -> None:
        with self._lock:
            self._counts[name] += 1


class Server(ThreadingHTTPServer):
    """Closing it waits for the answers under way, so that SIGTERM cuts nobody off."""

    daemon_threads = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], partner: Partner) -> None:
        super().__init__(address, Handler)
        self.partner = partner


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Partner"
    timeout = 5  # seconds; a client that says nothing must not hold a thread
    server: Server

    def do_GET(self) -> None:
        status, headers, body = self.server.partner.answer(
            urlsplit(self.path).path, self.headers["If-None-Match"]
        )
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        # An idle kept connection would hold up a clean stop.
        self.send_header("Connection", "close")
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 (the name http.server looks for)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        if not self.path.startswith("/up"):
            super().log_request(code, size)
