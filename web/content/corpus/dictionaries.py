"""Dictionaries in dictd's format (RFC 2229's server): an index of offsets into one text."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

# Lines of prose fill the page's width; a paragraph of shorter ones is a verse.
VERSE = 55
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def read(folder: Path, name: str) -> Iterator[dict[str, str]]:
    """{"kind": "entry", "heading": the word, "text": its paragraphs as Markdown}"""
    with gzip.open(folder / f"{name}.dict.dz") as file:
        text = file.read()
    seen = set()
    for line in (folder / f"{name}.index").read_text("utf-8").splitlines():
        word, start, length = line.split("\t")[:3]
        if word.startswith("00") or start in seen:
            continue
        seen.add(start)
        entry = text[_number(start) : _number(start) + _number(length)].decode("utf-8", "replace")
        body = _markdown(entry)
        if 80 <= len(body) <= 1_600:
            yield {"kind": "entry", "heading": _title(word), "text": body}


def _number(digits: str) -> int:
    value = 0
    for digit in digits:
        value = value * 64 + DIGITS.index(digit)
    return value


def _title(word: str) -> str:
    return word.capitalize() if word.isupper() or word.islower() else word


def _markdown(entry: str) -> str:
    """The paragraphs; verses, whose lines are short, keep their lines."""
    paragraphs = []
    for part in re.split(r"\n\s*\n", _without_headword(entry).strip()):
        lines = [_escaped(line) for line in part.splitlines()]
        verse = len(lines) > 1 and all(len(line) < VERSE for line in lines)
        paragraphs.append("\n".join(f"> {line}  " for line in lines) if verse else " ".join(lines))
    return "\n\n".join(filter(None, paragraphs))


def _without_headword(entry: str) -> str:
    """The Jargon File gives word and pronunciation lines of their own, less indented."""
    head, _, rest = entry.partition("\n\n")
    return rest if rest.startswith("    ") and len(head) < VERSE * 2 else entry


def _escaped(line: str) -> str:
    # {braces} are dictd's cross-references.
    words = " ".join(re.sub(r"[{}]", "", line).split())
    return re.sub(r"([\\`*_<\[\]])", r"\\\1", words)
