"""The little site with people: they log in, write, and are greeted, freshly or not, well or not.

What is wrong with it is a switch: a page kept for so many reads after a write, a greeting or a private page
that everybody is shown. It knows two cookies and no password.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from urllib.parse import parse_qs

from fakes.site import POSTS, answer

FORM = '<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="t"></form>'


@dataclass
class Magazine:
    """stale_reads: how many reads of a post, whoever makes them, are answered as before its last comment.
    leaks: "nothing", "greeting" (every page greets whoever came last) or "letters" (anybody may read them).
    log_in: whether anybody may."""

    stale_reads: int = 0
    leaks: str = "nothing"
    log_in: bool = True
    address: str = ""
    reads: int = 0
    stale: int = 0
    leaked: int = 0
    comments: dict[str, list[str]] = field(default_factory=dict)
    pages: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Private ones: the owner and what they show, by path."""
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Method, path and person, in order."""
    _due: dict[str, int] = field(default_factory=dict)
    _came_last: str = ""
    _lock: Lock = field(default_factory=Lock)

    def get(self, path: str, person: str) -> tuple[int, str]:
        """Status and body."""
        with self._lock:
            self.asked.append(("GET", path, person))
            self._came_last = person or self._came_last
            greeted = self._came_last if self.leaks == "greeting" else person
            status, body = self._page(path, person)
            if status != 200 or not greeted:
                return status, body
            self.leaked += greeted != person
            return 200, f'Hello, <a href="/authors/{greeted}/">{greeted}</a>{body}'

    def _page(self, path: str, person: str) -> tuple[int, str]:
        if path in POSTS:
            return 200, answer(path)[2] + FORM + self._thread(path)
        if path in ("/accounts/login/", "/inbox/new", "/write/"):
            return 200, FORM
        if path in ("/inbox/", "/drafts/"):
            folder = "/inbox/" if path == "/inbox/" else "/posts/"
            own = [(at, text) for at, (owner, text) in self.pages.items() if owner == person]
            links = [f'<a href="{at}">{text}</a>' for at, text in own if at.startswith(folder)]
            return (200, "".join(links)) if person else (302, "")
        if path not in self.pages:
            status, _, body = answer(path)
            return status, body
        owner, text = self.pages[path]
        if owner != person and self.leaks != "letters":
            return 404, ""
        self.leaked += owner != person
        return 200, text

    def post(self, path: str, person: str, typed: dict[str, str]) -> str:
        """Where it leads; nowhere if it is refused."""
        with self._lock:
            self.asked.append(("POST", path, person))
            if typed.get("csrfmiddlewaretoken") != "t":
                return ""
            if path == "/accounts/login/":
                return "/" if self.log_in else ""
            if not person:
                return ""
            if path == "/inbox/new":
                self.pages[f"/inbox/{len(self.pages)}/"] = (
                    person,
                    f"{typed['subject']}</a> {typed['body']}",
                )
                return "/inbox/?box=sent"
            if path == "/write/":
                self.pages[f"/posts/draft-{len(self.pages)}/preview"] = (person, typed["title"])
                return list(self.pages)[-1]
            post = path.removesuffix("comment")
            self.comments.setdefault(post, []).append(typed["body"])
            self._due[post] = self.stale_reads
            return post

    def _thread(self, path: str) -> str:
        written = self.comments.get(path, [])
        self.reads += bool(written)
        if self._due.get(path):
            self._due[path] -= 1
            self.stale += 1
            written = written[:-1]
        return " ".join(written)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet for head and body, as servers do
    magazine: Magazine

    @property
    def person(self) -> str:
        found = re.search(r"person=([\w-]+)", self.headers.get("Cookie", ""))
        return found[1] if found else ""

    def do_GET(self) -> None:
        status, body = self.magazine.get(self.path, self.person)
        kind = {".css": "text/css", "webp": "image/webp"}.get(self.path[-4:], "text/html")
        self._answer(status, body, {"Content-Type": kind})

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        typed = {name: values[0] for name, values in parse_qs(sent).items()}
        leads_to = self.magazine.post(self.path, self.person, typed)
        headers = {"Location": leads_to}
        if leads_to and self.path == "/accounts/login/":
            headers["Set-Cookie"] = f"person={typed['username']}; Path=/"
        self._answer(302 if leads_to else 403, "", headers if leads_to else {})

    def _answer(self, status: int, body: str, headers: dict[str, str]) -> None:
        sent = body.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *args: object) -> None:
        """Tests read the driver's output only."""


@contextmanager
def little_magazine(**faults: object) -> Iterator[Magazine]:
    """It, answering at its `address`. faults: as Magazine has them."""
    magazine = Magazine(**faults)  # type: ignore[arg-type]
    handler = type("Site", (Handler,), {"magazine": magazine})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    magazine.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield magazine
    finally:
        server.shutdown()
        server.server_close()
