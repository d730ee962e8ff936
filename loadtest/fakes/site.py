"""A site of a few pages on a port of this machine, for tests of the visitors without the stack."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

POSTS = [f"/posts/post-{number}/" for number in range(30)]

PAGE = (
    '<link rel="canonical" href="{path}"><link href="/static/site.css">'
    '<img src="/media/1.webp"><a href="/tags/linux/">Linux</a>{heading}'
)


HEADINGS = {
    "/": "<h1>The newest articles</h1>",
    "/wire/": "<h1>The wire</h1>",
    "/tags/linux/": "<h1><span>Tag:</span> Linux</h1>",
}


def page(path: str) -> str:
    return PAGE.format(path=path, heading=HEADINGS.get(path, ""))


def answer(path: str) -> tuple[int, str, str]:
    """Status, content type and body."""
    if path == "/sitemap.xml":
        places = "".join(f"<url><loc>http://localhost{post}</loc></url>" for post in POSTS)
        return 200, "application/xml", f"<urlset>{places}</urlset>"
    if path == "/feed.atom":
        return 200, "application/atom+xml", "<feed></feed>"
    if path == "/static/site.css":
        return 200, "text/css", "body {}"
    if path == "/media/1.webp":
        return 200, "image/webp", "RIFF"
    if path in ("/", "/wire/", "/photos/", "/clips/", "/tags/linux/", *POSTS):
        return 200, "text/html", page(path)
    return 404, "text/plain", "not here"


class Stall:
    """While it lasts, the site takes requests and answers none."""

    def __init__(self) -> None:
        self._over = Event()
        self._over.set()

    def begin(self) -> None:
        self._over.clear()

    def end(self) -> None:
        self._over.set()

    def wait(self) -> None:
        self._over.wait()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet for head and body, as servers do
    broken: tuple[str, ...] = ()
    swapped: tuple[str, ...] = ()
    stall = Stall()

    def do_GET(self) -> None:
        self.stall.wait()
        status, kind, body = answer(self.path)
        if self.path.startswith(self.broken or "-"):
            status, kind, body = 500, "text/plain", "broken"
        elif self.path.startswith(self.swapped or "-"):
            body = page("/somewhere/else/")
        elif self.path == "/feed.atom" and self.headers["If-None-Match"]:
            self.not_modified()
            return
        sent = body.encode()
        self.send_response(status)
        self.send_header("ETag", '"one"')
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def not_modified(self) -> None:
        """As Varnish does it: with the headers of the page that it keeps compressed."""
        self.send_response(304)
        self.send_header("ETag", '"one"')
        self.send_header("Content-Encoding", "gzip")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Tests read the driver's output only."""


@contextmanager
def little_site(
    broken: tuple[str, ...] = (), swapped: tuple[str, ...] = (), stall: Stall | None = None
) -> Iterator[str]:
    """Its address. Paths that begin with `broken` answer 500, with `swapped` another page; all wait while
    `stall` lasts."""
    faults = {"broken": broken, "swapped": swapped, "stall": stall or Stall()}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Site", (Handler,), faults))
    server.daemon_threads = True
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
