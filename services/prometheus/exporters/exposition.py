"""Metrics as Prometheus reads them, and the small server that gives them out.

The format: prometheus.io/docs/instrumenting/exposition_formats, text version 0.0.4.
"""

import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import FrameType
from typing import NamedTuple


class Sample(NamedTuple):
    labels: Mapping[str, str]
    value: float


class Metric(NamedTuple):
    """One metric family: `kind` is counter or gauge, and a counter's name ends in _total."""

    name: str
    kind: str
    text: str
    samples: list[Sample]


def exposition(families: Iterable[Metric]) -> str:
    return "".join(line for family in families for line in _lines(family))


def _lines(family: Metric) -> Iterator[str]:
    yield f"# HELP {family.name} {family.text}\n"
    yield f"# TYPE {family.name} {family.kind}\n"
    for labels, value in family.samples:
        yield f"{family.name}{_labels(labels)} {value:.15g}\n"


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escape(value)}"' for name, value in labels.items()) + "}"


def _escape(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


class Exporter(ThreadingHTTPServer):
    """Answers /metrics with what `collect` finds at that moment, and /up for the health check."""

    daemon_threads = True  # a kept connection must not hold up a stop

    def __init__(self, address: tuple[str, int], collect: Callable[[], Iterable[Metric]]) -> None:
        super().__init__(address, Handler)
        self.collect = collect

    def serve_until_told_to_stop(self) -> None:
        # shutdown() waits for the loop to end: called from the loop's own thread it never would.
        def stop(_signal: int, _frame: FrameType | None) -> None:
            Thread(target=self.shutdown).start()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        self.serve_forever(poll_interval=0.5)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # Prometheus keeps its connection from one scrape to the next
    timeout = 30  # seconds
    server: Exporter

    def do_GET(self) -> None:
        match self.path:
            case "/metrics":
                text = exposition(self.server.collect())
                self._send(200, "text/plain; version=0.0.4; charset=utf-8", text)
            case "/up":
                self._send(200, "text/plain", "up\n")
            case _:
                self._send(404, "text/plain", "There is only /metrics here.\n")

    def _send(self, status: int, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """A line for each reading would say nothing."""
