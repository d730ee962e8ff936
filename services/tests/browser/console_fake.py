"""A server that stands in for the console's: the page's own files, and events that a test decides.

It keeps to the address list and the policy of services/console/server, so that a page that works here asks
for nothing else. `SITE` says where the page's files are.
"""

from __future__ import annotations

import json
import os
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

SITE = Path(os.environ.get("SITE", "/tests/site"))
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}

Json = Any


def service(name: str, title: str, role: str, requests: float | None, **more: Json) -> Json:
    """One of the services of the event `live`; what is not named is not known."""
    figures = dict.fromkeys(("hits", "misses", "passes", "hit_ratio"))
    resources = {
        "cpu": 0.25,
        "memory": 64 << 20,
        "containers": 1,
        "more": [],
        "totals": {},
        "state": "up",
    }
    return {
        "name": name,
        "title": title,
        "role": role,
        "requests": requests,
        **figures,
        **resources,
        **more,
    }


def live(**changed: Json) -> Json:
    """An event `live` of a stack under load. changed: by service, what is other than usual."""
    services = [
        service("readers", "Readers", "who asks", 412.5, cpu=None, memory=None, containers=None),
        service(
            "varnish",
            "Varnish",
            "downstream cache",
            412.5,
            hits=380.0,
            misses=20.0,
            passes=12.5,
            hit_ratio=0.95,
            more=[{"label": "kept objects", "value": 1234, "unit": ""}],
        ),
        service("nginx", "nginx", "load balancer", 31.5),
        service("web", "Django", "on gunicorn", 31.5, cpu=0.8, containers=2),
        service("redis", "Redis", "upstream cache", 240.0, hits=150.0, misses=50.0, hit_ratio=0.75),
        service("memcached", "Memcached", "upstream cache", 0.0, state="off", cpu=0.0),
        service(
            "postgres",
            "Postgres",
            "the durable truth",
            44.0,
            more=[{"label": "queries of Django", "value": 123.0, "unit": "/s"}],
        ),
        service("minio", "MinIO", "object store", 1.2),
    ]
    services = [{**each, **changed.get(each["name"], {})} for each in services]
    known = {each["name"]: each for each in services}

    def hop(source: str, to: str, rate: float, unit: str = "requests") -> Json:
        state = known[to]["state"]
        return {
            "from": source,
            "to": to,
            "rate": rate,
            "unit": unit,
            "hit_ratio": known[to]["hit_ratio"],
            "open": state == "off",
        }

    hops = [
        hop("readers", "varnish", 412.5),
        hop("varnish", "nginx", 31.5),
        hop("varnish", "minio", 1.0),
        hop("nginx", "web", 31.5),
        hop("web", "redis", 240.0, "commands"),
        hop("web", "memcached", 0.0, "commands"),
        hop("web", "postgres", 123.0, "queries"),
        hop("web", "minio", 0.2, "calls"),
    ]
    return {"at": time.time(), "services": services, "hops": hops}


def history(seconds: int = 300, step: int = 2) -> Json:
    """Figures that rise and fall, with a gap."""
    start = int(time.time()) - seconds
    count = seconds // step + 1
    wave = [abs((i % 60) - 30) / 30 for i in range(count)]
    gap = range(count // 2, count // 2 + 5)

    def line(most: float) -> Json:
        return [
            None if i in gap else round(most * (0.4 + 0.6 * value), 3)
            for i, value in enumerate(wave)
        ]

    names = {
        "varnish": 420.0,
        "nginx": 40.0,
        "web": 38.0,
        "redis": 300.0,
        "memcached": 0.0,
        "postgres": 50.0,
        "minio": 2.0,
    }
    ratios = {"varnish": 0.97, "redis": 0.8}
    cpu = {
        "varnish": 0.2,
        "nginx": 0.05,
        "web": 0.9,
        "redis": 0.1,
        "memcached": 0.0,
        "postgres": 0.3,
        "minio": 0.02,
    }
    series = {"requests": names, "hit_ratio": ratios, "cpu": cpu}
    return {
        "from": start,
        "step": step,
        "series": {
            part: {name: line(most) for name, most in each.items()} for part, each in series.items()
        },
    }


def marker(kind: str, text: str, ago: float, count: int | None = None) -> Json:
    at = time.time() - ago
    return {"id": int(at * 1_000_000), "at": at, "kind": kind, "text": text, "count": count}


MARKERS = (
    ("purge", "3 purged downstream", 200, 3),
    ("purge", "2 purged downstream", 195, 2),
    ("toggle", "LAB_EDGE_PAGES=off", 150, None),
    ("fault", "redis is stopped", 110, None),
    ("phase", "round 1 of 2: edge, warming", 70, None),
    ("alert", "The upstream cache does not answer", 40, None),
)

TOGGLES = [
    {
        "name": "LAB_EDGE_PAGES",
        "value": "on",
        "values": ["on", "off"],
        "range": None,
        "layer": "varnish",
        "what": "Varnish keeps anonymous pages",
        "command": "LAB_EDGE_PAGES=off docker compose up -d",
    },
    {
        "name": "LAB_UPSTREAM",
        "value": "redis",
        "values": ["redis", "memcached", "local", "off"],
        "range": None,
        "layer": "web",
        "what": "Where upstream values live",
        "command": "LAB_UPSTREAM=memcached docker compose up -d",
    },
    {
        "name": "LAB_TTL",
        "value": "60",
        "values": [],
        "range": [1, 86400],
        "layer": "web",
        "what": "The fixed lifetime, in seconds",
        "command": "LAB_TTL=1 docker compose up -d",
    },
]

TRACE_MISS = {
    "status": 200,
    "ms": 12.3,
    "bytes": 16561,
    "age": 0,
    "request_id": "1-1",
    "hops": [
        {
            "cache": "varnish",
            "outcome": "fwd=bypass",
            "ttl": None,
            "key": None,
            "detail": "pages-off",
            "stored": False,
            "collapsed": False,
            "past": False,
            "text": "varnish;fwd=bypass;detail=pages-off",
        },
        {
            "cache": "upstream",
            "outcome": "hit",
            "ttl": None,
            "key": None,
            "detail": "post_card*20",
            "stored": False,
            "collapsed": False,
            "past": False,
            "text": 'upstream;hit;detail="post_card*20"',
        },
        {
            "cache": "upstream",
            "outcome": "fwd=stale",
            "ttl": None,
            "key": None,
            "detail": "sidebar, invalidated",
            "stored": True,
            "collapsed": False,
            "past": False,
            "text": 'upstream;fwd=stale;stored;detail="sidebar, invalidated"',
        },
    ],
    "headers": [["Content-Type", "text/html"], ["Cache-Status", "…"]],
}

REPORTS = [
    {
        "name": "a",
        "at": 1795600000,
        "experiment": "quick",
        "valid": True,
        "sentence": "The edge answers 12 times as many.",
        "html": "/reports/a/report.html",
    },
    {
        "name": "b",
        "at": 1795500000,
        "experiment": "layers",
        "valid": False,
        "sentence": "",
        "html": "/reports/b/report.html",
    },
]


class Fake:
    """answers: by method and path, (status, JSON). Tests may put others in their place."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, Json]] = {
            "GET /api/history": (200, history()),
            "GET /api/markers": (200, [marker(*each) for each in MARKERS]),
            "GET /api/toggles": (200, TOGGLES),
            "GET /api/switching": (
                200,
                {"allowed": False, "how": "./scripts/lab console --allow-switching"},
            ),
            "GET /api/reports": (200, REPORTS),
            "GET /api/top/varnish": (
                200,
                {
                    "title": "Pages asked most",
                    "columns": ["page", "requests/s", "hit ratio", "share of keys"],
                    "rows": [["/", 120.5, 0.98, 0.75], ["/posts/a-post/", 31.0, 0.9, None]],
                    "note": "Sampled over 2 s.",
                },
            ),
            "POST /api/trace": (200, TRACE_MISS),
            "POST /api/switch": (202, {"id": "s1"}),
        }
        self.greeting: list[tuple[str, Json]] = [
            ("toggles", {"LAB_EDGE_PAGES": "on", "LAB_EDGE_ASSETS": "on", "LAB_UPSTREAM": "redis"}),
            ("bench", {"running": False}),
        ]
        self.figures: Json = live()
        self.posted: list[tuple[str, Json]] = []
        self.beating = True
        self.accepting = True
        self._queues: set[queue.Queue[tuple[str, Json] | None]] = set()
        self.address = ""

    @property
    def listeners(self) -> int:
        return len(self._queues)

    def tell(self, name: str, data: Json) -> None:
        for each in [*self._queues]:
            each.put((name, data))

    def drop(self) -> None:
        """Ends every stream, as a server that is made anew does."""
        for each in [*self._queues]:
            each.put(None)

    def stream(self) -> Iterator[bytes]:
        told: queue.Queue[tuple[str, Json] | None] = queue.Queue()
        self._queues.add(told)
        try:
            yield b"retry: 300\n\n"
            for name, data in self.greeting:
                yield _event(name, data)
            while True:
                if self.beating:
                    yield _event("live", {**self.figures, "at": time.time()})
                until = time.monotonic() + 0.5
                while (left := until - time.monotonic()) > 0:
                    try:
                        found = told.get(timeout=left)
                    except queue.Empty:
                        break
                    if found is None:
                        return
                    yield _event(*found)
        finally:
            self._queues.discard(told)


def _event(name: str, data: Json) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


def _handler(fake: Fake) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class's name)
            pass

        def head(self, status: int, kind: str, length: int | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", POLICY)
            self.send_header("Cache-Control", "no-store")
            if length is not None:
                self.send_header("Content-Length", str(length))
            self.end_headers()

        def body(self, status: int, kind: str, content: bytes) -> None:
            self.head(status, kind, len(content))
            self.wfile.write(content)

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/events":
                self.events()
            elif f"GET {path}" in fake.answers:
                status, told = fake.answers[f"GET {path}"]
                self.body(status, "application/json", json.dumps(told).encode())
            else:
                self.file(SITE / (path.lstrip("/") or "index.html"))

        def do_POST(self) -> None:
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            fake.posted.append((self.path, told))
            status, answer = fake.answers[f"POST {self.path}"]
            self.body(status, "application/json", json.dumps(answer).encode())

        def file(self, path: Path) -> None:
            if path.is_file() and path.suffix in TYPES:
                self.body(200, TYPES[path.suffix], path.read_bytes())
            else:
                self.body(404, "application/json", b'{"error": "there is no such file"}')

        def events(self) -> None:
            if not fake.accepting:
                self.body(503, "text/plain", b"")
                return
            self.head(200, "text/event-stream")
            try:
                for piece in fake.stream():
                    self.wfile.write(piece)
                    self.wfile.flush()
            except (BrokenPipeError, ConnectionResetError):
                return

    return Handler


@contextmanager
def serving(port: int = 0) -> Iterator[Fake]:
    """The fake, answering at its `address` on this machine."""
    fake = Fake()
    with ThreadingHTTPServer(("127.0.0.1", port), _handler(fake)) as server:
        server.daemon_threads = True
        fake.address = f"http://localhost:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield fake
        fake.drop()
        server.shutdown()
