"""Posts and comments out of the corpus: pure functions of it, of the seed and of a number."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from django.utils.text import slugify

from content.seeding.corpus import Corpus, Section

# A page with 30 comments is to be lognormal around 13 kB (CacheLib's CDN workload): with the
# site's own frame and the comments' markup, that leaves these medians, in characters.
BODY, BODY_SPREAD, SHORTEST, LONGEST = 2_600, 0.55, 700, 16_000
COMMENT, COMMENT_SPREAD = 130, 0.6

TITLES = (
    "{0}",
    "{0}",
    "{0}, in practice",
    "Notes on {0}",
    "{0}, explained once more",
    "What we learned about {0}",
    "{0} and {1}",
    "Reading again: {0}",
)
TOPICS = (
    "Who still says “{0}”?",
    "{0}: what does it mean to you?",
    "Is there a better word for “{0}”?",
    "{0}, seen in the wild",
)


@dataclass(frozen=True, slots=True)
class Text:
    slug: str
    title: str
    standfirst: str
    body: str
    tags: tuple[str, ...]


class Composer:
    def __init__(self, corpus: Corpus, seed: int) -> None:
        self._corpus = corpus
        self._seed = seed

    def random(self, purpose: str, number: int) -> Random:
        """Chance of its own for each purpose and post, so that no part depends on another."""
        return Random(f"{self._seed}:{purpose}:{number}")  # noqa: S311 (not for secrets)

    def article(self, number: int) -> Text:
        chance = self.random("article", number)
        start = chance.randrange(len(self._corpus.sections))
        sections = list(self._sections(start, _size(chance, BODY, BODY_SPREAD, SHORTEST, LONGEST)))
        entry = chance.choice(self._corpus.entries)
        title = chance.choice(TITLES).format(_bare(sections[0].heading), entry.heading)
        parts = list(self._parts(sections, chance))
        if chance.random() < 0.4:
            parts += [f"## A word for it: {entry.heading}", *entry.blocks]
            sections.append(entry)
        sources = dict.fromkeys(section.caption for section in sections)
        parts.append("*Text: " + "; ".join(_escaped(source) for source in sources) + ".*")
        tags = dict.fromkeys(tag for section in sections for tag in section.tags)
        return _text(number, title, sections[0].paragraph, parts, tuple(tags)[:5])

    def topic(self, number: int) -> Text:
        """A question for the message board."""
        chance = self.random("topic", number)
        entry = chance.choice(self._corpus.entries)
        title = chance.choice(TOPICS).format(entry.heading)
        parts = [*entry.blocks, f"*Text: {_escaped(entry.caption)}.*"]
        return _text(number, title, "", parts, entry.tags)

    def comment(self, chance: Random) -> str:
        kind = chance.random()
        if kind < 0.12:
            quotation = chance.choice(self._corpus.quotations)
            return f"> {quotation.text}\n\n— {quotation.by}"
        if kind < 0.24:
            return f"> {self._remark(chance)}\n\n{self._remark(chance)}"
        wanted = _size(chance, COMMENT, COMMENT_SPREAD, 40, 1_200)
        remarks = [self._remark(chance)]
        while sum(map(len, remarks)) < wanted * 0.7:
            remarks.append(self._remark(chance))
        return " ".join(remarks)

    def _remark(self, chance: Random) -> str:
        return chance.choice(self._corpus.remarks)

    def _sections(self, start: int, size: int) -> Iterator[Section]:
        """Sections that follow each other in one work, until they are that long."""
        every = self._corpus.sections
        source, length = every[start].source, 0
        for section in every[start : start + 12]:
            if section.source != source or length >= size:
                return
            length += section.size
            yield section

    def _parts(self, sections: list[Section], chance: Random) -> Iterator[str]:
        for index, section in enumerate(sections):
            if index:
                yield f"## {section.heading}"
            yield from section.blocks
            if index == 0 or chance.random() < 0.2:
                quotation = chance.choice(self._corpus.quotations)
                yield f"> {quotation.text}\n>\n> — {quotation.by}"


def _text(number: int, title: str, paragraph: str, parts: list[str], tags: tuple[str, ...]) -> Text:
    short = title if len(title) <= 140 else title[:139].rstrip() + "…"
    # The number makes it unique; the words are for readers.
    slug = f"{slugify(short)[:140].strip('-')}-{number}"
    return Text(slug, short, _standfirst(paragraph), "\n\n".join(parts), tags)


def _standfirst(paragraph: str) -> str:
    """The first sentence or two of a paragraph, without Markdown."""
    words = re.sub(r"\\(.)|[*`]", r"\1", paragraph)
    sentences = re.split(r"(?<=[.!?])\s+", words)
    text = sentences[0] if len(sentences[0]) > 60 else " ".join(sentences[:2])
    return text if len(text) <= 240 else text[:239].rsplit(" ", 1)[0] + "…"


def _bare(heading: str) -> str:
    return heading.strip(" .:?")


def _escaped(words: str) -> str:
    return re.sub(r"([\\`*_<\[\]])", r"\\\1", words)


def _size(chance: Random, median: float, spread: float, least: int, most: int) -> int:
    return int(min(most, max(least, chance.lognormvariate(math.log(median), spread))))
