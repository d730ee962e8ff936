"""The corpus as the seed command uses it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

# Words that say nothing about what a text is about.
STOP = frozenset(
    re.findall(
        r"[a-z]+",
        """
    about after again also another because been before being between both could does each
    every from have here into itself just like made make many more most much must need only
    other over same should some such than that their them then there these they this those
    through under used using very want what when where which while will with within without
    would your
    """,
    )
)
TAGS = 60


class NoCorpus(Exception):
    """There is no corpus, or not a whole one; the text is one line that says what to do."""


@dataclass(frozen=True, slots=True)
class Section:
    """Consecutive blocks of one work under one heading."""

    heading: str
    blocks: tuple[str, ...]
    paragraph: str  # the first one that is prose, or ""
    source: str
    caption: str
    tags: tuple[str, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Quotation:
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Picture:
    path: Path
    title: str
    credit: str
    licence: str
    width: int = 0
    height: int = 0
    seconds: float = 0.0


class Corpus:
    """Read once from the folder that content/corpus/extract.py made. Raises NoCorpus."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        blocks = list(self._lines("prose.jsonl"))
        self.tags = _tags(blocks)
        prose = [block for block in blocks if block["kind"] != "entry"]
        self.sections = [section for section in _sections(prose, self.tags) if section.paragraph]
        entries = [block for block in blocks if block["kind"] == "entry"]
        self.entries = list(_sections(entries, self.tags))
        self.quotations = [
            Quotation(line["text"], line["by"]) for line in self._lines("quotations.jsonl")
        ]
        self.photos = self._pictures("photos")
        self.videos = self._pictures("videos")
        if not (self.sections and self.entries and self.quotations):
            raise NoCorpus(
                f"{folder}: the corpus lacks prose, entries or quotations; build it anew"
            )

    @cached_property
    def remarks(self) -> list[str]:
        """Single sentences, and the shorter definitions: what comments are made of."""
        sentences = (
            sentence
            for section in self.sections
            for block in section.blocks
            if not block.startswith(("```", "-", ">"))
            for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z])", block)
        )
        definitions = (block for entry in self.entries for block in entry.blocks)
        return [
            remark
            for remark in (*sentences, *definitions)
            if 40 <= len(remark) <= 400 and remark[0].isalpha() and remark[-1] in ".!?"
        ]

    def _lines(self, name: str) -> Iterable[dict[str, str]]:
        return [json.loads(line) for line in self._text(name).splitlines()]

    def _pictures(self, kind: str) -> list[Picture]:
        found: list[dict[str, Any]] = json.loads(self._text(f"{kind}/credits.json"))
        return [Picture(self.folder / kind / entry.pop("file"), **entry) for entry in found]

    def _text(self, name: str) -> str:
        try:
            return (self.folder / name).read_text("utf-8")
        except OSError as failure:
            raise NoCorpus(
                f"{self.folder / name}: {failure.strerror}; the web image brings the corpus, and "
                "LAB_CORPUS names its folder"
            ) from None


def _tags(blocks: list[dict[str, str]]) -> tuple[str, ...]:
    """The commonest words of the headings that say what a text is about."""
    headings = {block["heading"] for block in blocks if block["kind"] != "entry"}
    found = Counter(word for heading in sorted(headings) for word in set(_words(heading)))
    return tuple(sorted(word for word, _ in found.most_common(TAGS)))


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"[a-z]{4,}", text.lower()) if word not in STOP]


def _sections(blocks: Iterable[dict[str, str]], tags: tuple[str, ...]) -> Iterable[Section]:
    wanted = frozenset(tags)
    for (source, heading), group in groupby(blocks, lambda b: (b["source"], b["heading"])):
        found = list(group)
        texts = tuple(block["text"] for block in found)
        words = Counter(word for word in _words(f"{heading} {' '.join(texts)}") if word in wanted)
        paragraphs = (b["text"] for b in found if b["kind"] == "paragraph" and len(heading) >= 4)
        yield Section(
            heading=heading,
            blocks=texts,
            paragraph=next(paragraphs, ""),
            source=source,
            caption=f"{source}, {found[0]['credit']} ({found[0]['licence']})",
            tags=tuple(word for word, _ in words.most_common(4)),
            size=sum(map(len, texts)),
        )
