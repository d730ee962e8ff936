"""WordPress' export (WXR), read as a stream: a site of many years is a large file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse

from content.addresses import web_address

from .items import BadImport, Item, Reply
from .markdown import plain
from .xml import explained, moment, refuse_other_things, text

MOST_BYTES = 500_000_000
EXPECTED = "a WordPress export"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
DUBLIN = "{http://purl.org/dc/elements/1.1/}"
# Versions 1.0 to 1.2 differ in the namespace's end only.
EXPORT = "{http://wordpress.org/export/"
EXCERPT = "/excerpt/}encoded"

DRAFTS = {"draft", "pending", "future", "private"}


def parse_wordpress(path: Path) -> Iterator[Item]:
    """The posts of an export, one at a time. Raises BadImport."""
    if path.stat().st_size > MOST_BYTES:
        raise BadImport(
            f"{path}: is larger than {MOST_BYTES // 1_000_000} MB; export it in several parts"
        )
    with path.open("rb") as file:
        # Looked at and not read: a pipe can't be wound back.
        refuse_other_things(str(path), file.peek(400)[:400], EXPECTED)
        with explained(str(path), EXPECTED):
            yield from _items(file, str(path))


def _items(file: IO[bytes], name: str) -> Iterator[Item]:
    version = ""
    names: dict[str, str] = {}
    parents: list[Element] = []
    for event, element in iterparse(file, events=("start", "end")):
        if event == "start":
            parents.append(element)
            continue
        parents.pop()
        tag = _local(element)
        if tag == "wp:wxr_version":
            version = (element.text or "").strip()
        elif tag == "wp:author":
            fields = _fields(element)
            names[fields.get("author_login", "")] = fields.get("author_display_name", "")
        elif tag == "item":
            if not version:
                raise _no_export(name)
            item = _item(element, names)
            if item is not None:
                yield item
        if len(parents) <= 2:  # inside of rss/channel: done with, and its memory is free again
            element.clear()
            if parents:
                parents[-1].remove(element)
    if not version:
        raise _no_export(name)


def _no_export(name: str) -> BadImport:
    return BadImport(
        f"{name}: is XML, but not {EXPECTED} (it has no wxr_version); "
        "make one with Tools, Export in WordPress, or use import_feed for a feed"
    )


def _item(element: Element, names: dict[str, str]) -> Item | None:
    """The post; None for what is no post: pages, attachments, what lies in the bin."""
    fields = _fields(element)
    status = fields.get("status", "")
    if fields.get("post_type") != "post" or status not in DRAFTS | {"publish"}:
        return None
    login = text(element, f"{DUBLIN}creator")
    title = plain(text(element, "title"))
    excerpt = next((found.text or "" for found in element if str(found.tag).endswith(EXCERPT)), "")
    return Item(
        identity=text(element, "guid", "link") or f"{fields.get('post_id')} {title}",
        title=title or "Untitled",
        html=text(element, f"{CONTENT}encoded"),
        url=web_address(text(element, "link")),
        summary=plain(excerpt)[:300],
        author=names.get(login) or login,
        published=moment(fields.get("post_date_gmt", "")) or moment(text(element, "pubDate")),
        draft=status != "publish",
        tags=tuple(filter(None, (plain(tag.text or "") for tag in element.findall("category")))),
        replies=tuple(_replies(element)),
    )


def _replies(element: Element) -> Iterator[Reply]:
    for found in element:
        if _local(found) != "wp:comment":
            continue
        fields = _fields(found)
        if fields.get("comment_approved") != "1" or fields.get("comment_type") not in {
            None,
            "",
            "comment",
        }:
            continue
        yield Reply(
            number=_number(fields.get("comment_id")),
            parent=_number(fields.get("comment_parent")),
            author=plain(fields.get("comment_author", "")),
            html=fields.get("comment_content", ""),
            written=moment(fields.get("comment_date_gmt", "")),
        )


def _fields(element: Element) -> dict[str, str]:
    """The text of its wp: children by name."""
    found = ((_local(child), (child.text or "").strip()) for child in element)
    return {tag.removeprefix("wp:"): content for tag, content in found if tag.startswith("wp:")}


def _local(element: Element) -> str:
    tag = str(element.tag)
    return (
        f"wp:{tag.rpartition('}')[2]}" if tag.startswith(EXPORT) and "/excerpt" not in tag else tag
    )


def _number(written: str | None) -> int:
    return int(written) if written and written.isascii() and written.isdecimal() else 0
