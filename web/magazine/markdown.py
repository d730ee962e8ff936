"""Markdown in, HTML out that is safe to show whoever wrote it.

Two walls: the parser makes text of raw HTML and refuses script addresses, and the sanitiser
lets only known elements through, in case the first one has a hole.
"""

from __future__ import annotations

from functools import cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

ELEMENTS = {
    *("a", "blockquote", "br", "code", "del", "em", "h2", "h3", "h4", "h5", "h6", "hr", "img"),
    *("li", "ol", "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}


@cache
def parser() -> MarkdownIt:
    """CommonMark with tables and strike-through. Its headings start under the page's own."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    markdown.core.ruler.push("lower_headings", lower_headings)
    return markdown


def lower_headings(state: object) -> None:
    """`# A heading` of a writer is an h2: the h1 is the page's title."""
    for token in state.tokens:  # type: ignore[attr-defined]
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"


def compile_markdown(source: str) -> SafeString:
    """HTML of `source`. Links to elsewhere carry rel=nofollow: the site vouches for none."""
    return sanitised(parser().render(source), link_rel="nofollow noopener")


def sanitised(html: str, link_rel: str | None) -> SafeString:
    """`html` without anything that is not known to be harmless, and with all elements closed."""
    clean = nh3.clean(
        html, tags=ELEMENTS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=link_rel
    )
    return mark_safe(clean)  # noqa: S308  nh3 has just made it safe
