"""HTML that strangers wrote, as Markdown; what it leaves in is made safe where it is shown."""

from __future__ import annotations

import re
from typing import Any

from bs4 import BeautifulSoup
from markdownify import MarkdownConverter

from .items import BadImport

# Their text is not prose.
NOT_PROSE = ("script", "style", "iframe", "object", "embed", "form", "noscript", "template")
# A nesting that no editor makes; recursion ends at about a thousand.
DEEPEST = 200


def markdown(html: str) -> str:
    """The prose of some HTML as Markdown. Raises BadImport where it is nested absurdly."""
    soup = _soup(_with_paragraphs(html))
    converter: Any = MarkdownConverter(heading_style="ATX", bullets="-", escape_misc=False)
    return re.sub(r"\n{3,}", "\n\n", converter.convert_soup(soup)).strip()


def plain(html: str) -> str:
    """Only the words, on one line."""
    if "<" not in html and "&" not in html:
        return " ".join(html.split())
    words = " ".join(_soup(html).get_text(" ").split())
    # Between an element's end and a full stop there was no space.
    return re.sub(r" ([.,;:!?])", r"\1", words)


def _soup(html: str) -> BeautifulSoup:
    _refuse_deep(html)
    soup = BeautifulSoup(html, "html.parser")
    for element in soup.find_all(NOT_PROSE):
        element.decompose()
    return soup


def _refuse_deep(html: str) -> None:
    depth = deepest = 0
    for closing in re.findall(r"<(/?)(?!(?:br|hr|img|p|li|input)\b)[a-zA-Z]", html):
        depth = max(0, depth - 1) if closing else depth + 1
        deepest = max(deepest, depth)
    if deepest > DEEPEST:
        raise BadImport(
            f"a post nests more than {DEEPEST} HTML elements; remove it and import again"
        )


def _with_paragraphs(html: str) -> str:
    """WordPress' older editor stores paragraphs as blank lines and no markup."""
    if re.search(r"<(p|div|h[1-6]|ul|ol|table)\b", html, re.IGNORECASE):
        return html
    return "".join(f"<p>{part}</p>" for part in re.split(r"\n\s*\n", html) if part.strip())
