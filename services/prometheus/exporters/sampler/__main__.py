"""`python3 -m exporters.sampler`: answers `/top/NAME` for the live page, on the inner network."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from types import FrameType

from . import keys, pages, statements
from .table import Table, Unavailable

LOOKS: Mapping[str, Callable[[], Table]] = {
    "/top/varnish": pages.look,
    "/top/redis": keys.of_redis,
    "/top/memcached": keys.of_memcached,
    "/top/postgres": statements.look,
}
ONE = Lock()
"""One look at a time: they are to be seen in nobody's measurement."""


class Handler(BaseHTTPRequestHandler):
    timeout = 30  # seconds

    def do_GET(self) -> None:
        if look := LOOKS.get(self.path):
            try:
                with ONE:
                    found = look()
            except Unavailable as problem:
                self._send(503, {"error": str(problem)})
            else:
                self._send(200, found)
        else:
            self._send(404, {"error": f"there are {', '.join(LOOKS)}"})

    def _send(self, status: int, what: Mapping[str, object]) -> None:
        body = json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """A line for each look would say nothing."""


class Server(ThreadingHTTPServer):
    daemon_threads = True  # a look must not hold up a stop


def main() -> None:
    server = Server(("", 9140), Handler)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    server.serve_forever(poll_interval=0.5)


if __name__ == "__main__":
    main()
