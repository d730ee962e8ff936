"""RSS 2.0, RSS 1.0 and Atom (RFC 4287), as far as a magazine needs them."""

from __future__ import annotations

import html
from xml.etree.ElementTree import Element, tostring

from defusedxml.ElementTree import fromstring

from content.addresses import web_address

from .items import BadImport, Item
from .markdown import plain
from .xml import explained, moment, refuse_other_things, text

ATOM = "{http://www.w3.org/2005/Atom}"
RSS1 = "{http://purl.org/rss/1.0/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
DUBLIN = "{http://purl.org/dc/elements/1.1/}"
SUMMARY_LENGTH = 300


def parse_feed(data: bytes, name: str) -> list[Item]:
    """The entries of a feed, as it orders them. Raises BadImport; `name` is for its message."""
    refuse_other_things(name, data[:400], "an RSS or Atom feed")
    with explained(name, "an RSS or Atom feed"):
        root = fromstring(data)
    if root.tag == f"{ATOM}feed":
        source = text(root, f"{ATOM}title")
        return [_atom_entry(entry, source) for entry in root.iter(f"{ATOM}entry")]
    for prefix in ("", RSS1):
        channel = root.find(f"{prefix}channel")
        if channel is not None:
            source = text(channel, f"{prefix}title")
            return [_rss_item(item, source, prefix) for item in root.iter(f"{prefix}item")]
    raise BadImport(f"{name}: is XML, but neither RSS nor Atom; use the address of the feed itself")


def _rss_item(item: Element, source: str, prefix: str) -> Item:
    body = text(item, f"{CONTENT}encoded", f"{prefix}description")
    link = web_address(text(item, f"{prefix}link", f"{prefix}guid"))
    title = plain(text(item, f"{prefix}title"))
    tags = (plain("".join(found.itertext())) for found in item.findall(f"{prefix}category"))
    return Item(
        identity=text(item, f"{prefix}guid", f"{prefix}link") or f"{source} {title}",
        title=title or "Untitled",
        html=body,
        url=link,
        summary=_summary(text(item, f"{prefix}description", f"{CONTENT}encoded")),
        author=plain(text(item, f"{DUBLIN}creator", f"{prefix}author")) or source,
        published=moment(text(item, f"{prefix}pubDate", f"{DUBLIN}date")),
        tags=tuple(filter(None, tags)),
    )


def _atom_entry(entry: Element, source: str) -> Item:
    body = _atom_html(entry.find(f"{ATOM}content")) or _atom_html(entry.find(f"{ATOM}summary"))
    summary = _atom_html(entry.find(f"{ATOM}summary")) or body
    title = plain(_atom_html(entry.find(f"{ATOM}title")))
    link = _atom_link(entry)
    return Item(
        identity=text(entry, f"{ATOM}id") or link or f"{source} {title}",
        title=title or "Untitled",
        html=body,
        url=link,
        summary=_summary(summary),
        author=text(entry, f"{ATOM}author/{ATOM}name") or source,
        published=moment(text(entry, f"{ATOM}published", f"{ATOM}updated")),
        tags=tuple(
            term
            for found in entry.findall(f"{ATOM}category")
            if (term := found.get("term", "").strip())
        ),
    )


def _atom_link(entry: Element) -> str:
    for link in entry.findall(f"{ATOM}link"):
        if link.get("rel", "alternate") == "alternate":
            return web_address(link.get("href", ""))
    return ""


def _atom_html(construct: Element | None) -> str:
    """A text construct (RFC 4287, 3.1) as HTML."""
    if construct is None:
        return ""
    kind = construct.get("type", "text")
    if kind == "xhtml":
        for element in construct.iter():
            element.tag = str(element.tag).rpartition("}")[2]
        return "".join(tostring(child, encoding="unicode") for child in construct)
    content = "".join(construct.itertext()).strip()
    return content if kind == "html" else html.escape(content, quote=False)


def _summary(body: str) -> str:
    words = plain(body)
    return words if len(words) <= SUMMARY_LENGTH else words[: SUMMARY_LENGTH - 1].rstrip() + "…"
