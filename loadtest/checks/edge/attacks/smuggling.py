"""Requests whose end two servers might see in different places. Each carries a second request that
must never be answered: the edge must refuse the first, and close the connection in any case.

`{second}` is that request; `{length}` its length in bytes and `{hex}` the same for a chunk.
"""

from __future__ import annotations

from dataclasses import dataclass

CHUNKED = "Transfer-Encoding: chunked"


@dataclass(frozen=True)
class Smuggle:
    """head: the lines after the request line and Host. body: what follows the head. end: of lines.
    method, version: of the request line. raw: the whole request instead of all that."""

    name: str
    head: tuple[str, ...] = ()
    body: str = "0\r\n\r\n{second}"
    method: str = "POST"
    version: str = "HTTP/1.1"
    end: str = "\r\n"
    raw: str = ""

    def request(self, path: str, second: str, host: str) -> bytes:
        lines = [f"{self.method} {path} {self.version}", f"Host: {host}", *self.head, "", ""]
        text = self.raw or self.end.join(lines) + self.body
        words = {
            "{path}": path,
            "{host}": host,
            "{second}": second,
            "{length}": str(len(second)),
            "{hex}": f"{len(second):x}",
        }
        for name, value in words.items():
            text = text.replace(name, value)
        return text.encode("latin-1")


def lengths(*values: str) -> list[Smuggle]:
    """A Content-Length that is no number of bytes, with a body that some might not see."""
    return [
        Smuggle(f"Content-Length ({value!r})", (f"Content-Length:{value}",), "{second}")
        for value in values
    ]


def codings(*values: str) -> list[Smuggle]:
    """A Transfer-Encoding that one server might take for `chunked`, and another not."""
    return [
        Smuggle(f"Transfer-Encoding ({value!r})", (f"Transfer-Encoding:{value}",))
        for value in values
    ]


SMUGGLING = [
    # Two ways to say where the body ends.
    Smuggle("CL and TE", ("Content-Length: 5", CHUNKED)),
    Smuggle("TE and CL", (CHUNKED, "Content-Length: 5")),
    Smuggle("CL and TE, length of all", ("Content-Length: {length}", CHUNKED), "0\r\n\r\n{second}"),
    Smuggle("CL: 0 and TE", ("Content-Length: 0", CHUNKED), "{hex}\r\n{second}\r\n0\r\n\r\n"),
    Smuggle("CL and TE in a GET", ("Content-Length: 5", CHUNKED), method="GET"),
    Smuggle(
        "two CLs, the first is 0", ("Content-Length: 0", "Content-Length: {length}"), "{second}"
    ),
    Smuggle(
        "two CLs, the second is 0", ("Content-Length: {length}", "Content-Length: 0"), "{second}"
    ),
    Smuggle(
        "two CLs in a GET",
        ("Content-Length: 0", "Content-Length: {length}"),
        "{second}",
        method="GET",
    ),
    Smuggle("two TEs", (CHUNKED, "Transfer-Encoding: identity")),
    Smuggle("two TEs, chunked last", ("Transfer-Encoding: identity", CHUNKED)),
    Smuggle("TE in HTTP/1.0", (CHUNKED, "Content-Length: 5"), version="HTTP/1.0"),
    *lengths(
        " 0, {length}",
        " {length}, 0",
        " +0",
        " -1",
        " 0x0",
        " 0 0",
        " 0\x0b",
        " 0;",
        " 0.0",
        " 1e0",
        " ",
        " 99999999999999999999",
        ' "0"',
    ),
    *codings(
        " chunked, identity",
        " identity, chunked",
        " chunked, chunked",
        " gzip, chunked",
        " xchunked",
        " chunkedx",
        " chunked;",
        " chunked;x=1",
        ' "chunked"',
        " 'chunked'",
        " identity",
        " gzip",
        " ",
        " \x0bchunked",
        " chunked\x0b",
        " chunk\x00ed",
        " ,chunked",
        " chunked,",
        " chun ked",
    ),
    # A name that one server reads, and another not.
    Smuggle("space before the colon of TE", ("Transfer-Encoding : chunked", "Content-Length: 5")),
    Smuggle("tab before the colon of TE", ("Transfer-Encoding\t: chunked", "Content-Length: 5")),
    Smuggle("space before the colon of CL", ("Content-Length : {length}",), "{second}"),
    Smuggle("NUL in the name of TE", ("Transfer\x00-Encoding: chunked", "Content-Length: 5")),
    Smuggle("NUL in a value", ("X-A: b\x00c", "Content-Length: 0"), "{second}"),
    Smuggle("space before the first header", (" Content-Length: {length}",), "{second}"),
    Smuggle("a header without a colon", ("Content-Length {length}",), "{second}"),
    # Lines that end where only one server sees it.
    Smuggle("obs-fold of TE", ("Transfer-Encoding:", " chunked", "Content-Length: 5")),
    Smuggle("obs-fold of TE by tab", ("Transfer-Encoding:", "\tchunked", "Content-Length: 5")),
    Smuggle("obs-fold of CL", ("Content-Length:", " {length}"), "{second}"),
    Smuggle("obs-fold of another header", ("X-A: b", " Content-Length: {length}"), "{second}"),
    Smuggle("bare LF before TE", ("X-A: b\nTransfer-Encoding: chunked", "Content-Length: 5")),
    Smuggle("bare LF before CL", ("X-A: b\nContent-Length: {length}",), "{second}"),
    Smuggle("bare LF throughout", ("Content-Length: 0",), "{second}", end="\n"),
    Smuggle("bare CR before TE", ("X-A: b\rTransfer-Encoding: chunked", "Content-Length: 5")),
    Smuggle("bare CR in a value", ("X-A: b\rc", "Content-Length: 0"), "{second}"),
    Smuggle("bare CR in the head's end", ("X-A: b\r\n\r",), "{second}"),
    Smuggle("LF LF for the head's end", ("X-A: b\n\nGET {path} HTTP/1.1", "Host: {host}")),
    # A chunk that ends where only one server sees it.
    *(
        Smuggle(f"chunk ({name})", (CHUNKED,), body)
        for name, body in {
            "negative size": "-1\r\n\r\n{second}",
            "size with 0x": "0x0\r\n\r\n{second}",
            "size with a sign": "+0\r\n\r\n{second}",
            "size too large": "10000000000000000\r\n\r\n{second}",
            "no size": "\r\n\r\n{second}",
            "a letter": "g\r\n\r\n{second}",
            "longer than said": "1\r\nab\r\n0\r\n\r\n{second}",
            "NUL in the size": "0\x00\r\n\r\n{second}",
        }.items()
    ),
    # A request line of more than three words, or with an end of its own.
    Smuggle(
        "a request in the request line",
        raw="GET {path} HTTP/1.1\rHost: {host}\r\n\r\n{second}",
    ),
    Smuggle("two versions", raw="GET {path} HTTP/1.1 HTTP/1.1\r\nHost: {host}\r\n\r\n{second}"),
    Smuggle("CR in the address", raw="GET {path}\r HTTP/1.1\r\nHost: {host}\r\n\r\n{second}"),
    Smuggle("NUL in the address", raw="GET {path}\x00 HTTP/1.1\r\nHost: {host}\r\n\r\n{second}"),
]
