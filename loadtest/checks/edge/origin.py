"""A page for two Varnishes to keep, from a server that both can ask; it runs in a container.

9 kB of HTML, compressed as the edge keeps its own pages, with as many tags as a post has.
"""

import gzip
import random
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

SIZE = 9_000
PORTS = (8080, 9000)  # the site's and the bucket's, so that both are found healthy


def page() -> bytes:
    chance = random.Random(1)
    words = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 9))) for _ in range(800)]
    text = ["<!doctype html><title>A page</title><p>"]
    while sum(map(len, text)) < SIZE:
        text.append(chance.choice(words) + " ")
    return gzip.compress("".join(text)[:SIZE].encode(), 6)


PAGE = page()
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Encoding": "gzip",
    "Vary": "Accept-Encoding",
    "Cache-Control": "public, max-age=0, s-maxage=86400",
    "Surrogate-Key": " ".join(["everything", *(f"post:some-slug-{n}" for n in range(12))]),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Content-Length": str(len(PAGE)),
}


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


if __name__ == "__main__":
    for port in PORTS:
        Thread(target=ThreadingHTTPServer(("", port), Answer).serve_forever).start()
