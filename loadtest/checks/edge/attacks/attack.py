"""One malicious request as data, and as the bytes that are sent."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Attack:
    """All texts may hold `{path}`, the address of the page that is attacked; `{canary}`, a word
    that exists once in the world; and `{host}`, the site's name as clean visitors give it.

    headers: whole lines, sent as they are, in Latin-1. host: a header line; "" sends none.
    body: its length is said in Content-Length unless the headers say something of it.
    """

    name: str
    method: str = "GET"
    target: str = "{path}"
    version: str = "HTTP/1.1"
    headers: tuple[str, ...] = ()
    body: str = ""
    host: str = "Host: {host}"

    def request(self, path: str, canary: str, host: str) -> bytes:
        """The request, which asks for the connection to be closed after it."""
        lines = [f"{self.method} {self.target} {self.version}".rstrip()]
        lines += [line for line in (self.host, *self.headers) if line]
        if self.body and not any(line.lower().startswith("content-length") for line in lines):
            lines.append(f"Content-Length: {len(self.filled(self.body, path, canary, host))}")
        lines.append("Connection: close")
        text = "\r\n".join([*lines, "", ""]) + self.body
        return self.filled(text, path, canary, host).encode("latin-1")

    def filled(self, text: str, path: str, canary: str, host: str) -> str:
        # Not by str.format: attacks are full of braces and percent signs.
        for name, value in {"{path}": path, "{canary}": canary, "{host}": host}.items():
            text = text.replace(name, value)
        return text
