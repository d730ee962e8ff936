"""Bytes into lines, of which none is held that is longer than any honest log's."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from typing import IO, Protocol, cast

LONGEST = 64 * 1024
BLOCK = 256 * 1024

GZIP = b"\x1f\x8b"
OTHERS = {
    b"\x28\xb5\x2f\xfd": ("Zstandard", "zstdcat"),
    b"BZh": ("bzip2", "bzcat"),
    b"\xfd7zXZ\x00": ("xz", "xzcat"),
    b"PK\x03\x04": ("ZIP", "unzip -p"),
}
"""Beginnings of files in other compressions, and the program that unpacks them into a pipe."""

DAMAGE = (EOFError, gzip.BadGzipFile, zlib.error)
"""What reading a gzip file raises that is cut off or broken."""


class Unreadable(Exception):
    """The input can't be used; the text is one line that says what is accepted."""


class Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


def unpacked(file: IO[bytes], name: str) -> Source:
    """The file's content, whatever the file is called: plain, or unpacked as it is read.
    Raises Unreadable for compressions other than gzip."""
    start = cast("_Peeking", file).peek(6)[:6]
    if start.startswith(GZIP):
        return Unpacked(gzip.GzipFile(fileobj=file, mode="rb"))
    for magic, (what, program) in OTHERS.items():
        if start.startswith(magic):
            raise Unreadable(
                f"{name} is compressed with {what}; accepted are plain text and gzip:"
                f" {program} FILE | ./scripts/lab replay -"
            )
    return file


class Unpacked:
    """Gives out what is unpacked as soon as it is: of a damaged file, everything before the damage."""

    def __init__(self, file: gzip.GzipFile) -> None:
        self.read = file.read1


class _Peeking(Protocol):
    def peek(self, size: int, /) -> bytes: ...


def lines(source: Source) -> Iterator[bytes | None]:
    """Each line without its end; None in place of one that is longer than LONGEST, whose bytes are
    dropped as they come. Holds at most BLOCK + LONGEST bytes, and the list of a block's lines."""
    rest, dropping = b"", False
    while block := source.read(BLOCK):
        parts = block.split(b"\n")
        if dropping:
            if len(parts) == 1:
                continue
            parts[0], dropping = b"", False
            yield None
            del parts[0]
        else:
            parts[0] = rest + parts[0]
        rest = parts.pop()
        for line in parts:
            yield line if len(line) <= LONGEST else None
        if len(rest) > LONGEST:
            rest, dropping = b"", True
    if dropping:
        yield None
    elif rest:
        yield rest
