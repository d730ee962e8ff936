"""HTML manuals as blocks of Markdown: paragraphs, lists, code, each with its heading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
BLOCKS = HEADINGS | {"p", "div", "li", "ul", "ol", "dl", "dt", "dd", "pre", "blockquote", "section"}
MARKS = {"em": "*", "i": "*", "strong": "**", "b": "**", "code": "`", "tt": "`"}
SKIPPED = {"head", "script", "style", "table", "nav", "footer", "form"}
# Navigation, as the manuals' generators call it.
SKIPPED_CLASSES = re.compile(
    r"\b(docnav|navheader|navfooter|toc|sphinxsidebar|related|footer|headerlink|url|banner|footnotes?)\b"
)
NUMBERING = re.compile(r"^((Chapter|Appendix)\s+)?([0-9]+|[A-Z])(\.[0-9]+)*\.\s+")


def blocks(page: str) -> Iterator[dict[str, str]]:
    """{"kind": paragraph|list|code, "heading", "text"} in the order of the page."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    for kind, heading, text in _joined(reader.found):
        if _is_prose(kind, text):
            yield {"kind": kind, "heading": heading, "text": text}


def _joined(found: list[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    """A list's items as one block."""
    items: list[str] = []
    under = ""
    for kind, heading, text in [*found, ("end", "", "")]:
        if kind == "list" and heading == under:
            items.append(text)
            continue
        if items:
            yield "list", under, "\n".join(f"- {item}" for item in items[:8])
        items, under = ([text], heading) if kind == "list" else ([], heading)
        if kind not in {"list", "end"}:
            yield kind, heading, text


def _is_prose(kind: str, text: str) -> bool:
    if kind == "code":
        return 20 <= len(text) <= 700
    if kind == "list":
        return text.count("\n") > 0 and len(text) <= 1_600
    return 80 <= len(text) <= 1_500 and text[-1] in ".!?:”\"')*`"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str, str]] = []
        self._open: list[str] = []
        self._skipping = 0  # depth of the open elements at which skipping began
        self._heading = ""
        self._text = ""
        self._code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            self._text += " " if tag == "br" else ""
            return
        self._open.append(tag)
        if self._skipping:
            return
        if tag in SKIPPED or SKIPPED_CLASSES.search(dict(attrs).get("class") or ""):
            self._skipping = len(self._open)
        elif tag in BLOCKS:
            self._flush()
            self._code = tag == "pre"
        elif tag in MARKS and not self._code:
            self._text += MARKS[tag]

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._open:
            return
        while self._open:
            closed = self._open[-1]
            if not self._skipping:
                if closed in BLOCKS:
                    self._flush()
                elif closed in MARKS and not self._code:
                    self._text += MARKS[closed]
            self._open.pop()
            if self._skipping > len(self._open):
                self._skipping = 0
            if closed == tag:
                return

    def handle_data(self, data: str) -> None:
        if self._skipping:
            return
        escaped = self._code or "code" in self._open or "tt" in self._open
        self._text += data if escaped else re.sub(r"([\\`*_<\[\]])", r"\\\1", data)

    def _flush(self) -> None:
        code, self._code = self._code, False
        text, self._text = self._text, ""
        if code:
            self.found.append(("code", self._heading, f"```\n{text.strip(chr(10))}\n```"))
            return
        # An emphasis without words, as anchors leave it, is no emphasis.
        text = re.sub(r"(\*\*|`)\s*\1|(?<!\*)\*\s*\*(?!\*)", "", " ".join(text.split()))
        if not text:
            return
        block = next((tag for tag in reversed(self._open) if tag in HEADINGS | {"li", "p"}), "p")
        if "li" in self._open:
            block = "li"
        if block in HEADINGS:
            self._heading = NUMBERING.sub("", text.replace("\\", "").strip("¶* ")).replace("`", "")
        else:
            self.found.append(("list" if block == "li" else "paragraph", self._heading, text))
