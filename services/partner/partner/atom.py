"""Entries written as an Atom feed (RFC 4287)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from partner.entries import Entry

NAMESPACE = "http://www.w3.org/2005/Atom"
HOME = "https://partner.example/"  # RFC 2606: a name that can't be anybody's
PREFIX = "tag:partner.example,2026:"  # RFC 4151: ids that never change


def feed(entries: Sequence[Entry]) -> bytes:
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(_q("feed"))
    _text(root, "id", PREFIX + "wire")
    _text(root, "title", "The Partner Wire")
    _text(root, "updated", _rfc3339(entries[0].published))
    ET.SubElement(root, _q("link"), rel="self", href=HOME + "feed.atom")
    _text(ET.SubElement(root, _q("author")), "name", "Partner Wire desk")
    for entry in entries:
        _add(root, entry)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _add(root: ET.Element, entry: Entry) -> None:
    element = ET.SubElement(root, _q("entry"))
    _text(element, "id", f"{PREFIX}wire/{entry.number}")
    _text(element, "title", entry.title)
    _text(element, "updated", _rfc3339(entry.published))
    _text(element, "published", _rfc3339(entry.published))
    ET.SubElement(element, _q("link"), rel="alternate", href=f"{HOME}wire/{entry.number}")
    _text(element, "content", entry.text).set("type", "text")


def _text(parent: ET.Element, name: str, text: str) -> ET.Element:
    element = ET.SubElement(parent, _q(name))
    element.text = text
    return element


def _q(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _rfc3339(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
