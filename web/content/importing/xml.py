"""XML that strangers wrote: no entities, nothing external, and errors that say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException

from .items import BadImport

# Years outside of these are mistakes, and some databases can't hold them.
YEARS = range(1970, 2200)


@contextmanager
def explained(name: str, expected: str) -> Iterator[None]:
    """Turns what an XML parser raises into one line. `expected`: "a feed", for instance."""
    try:
        yield
    except DefusedXmlException:
        raise BadImport(
            f"{name}: declares XML entities, which {expected} has no need of; it may be an attack "
            "(an XML bomb, or a request for local files), so nothing of it was read"
        ) from None
    except ParseError as failure:
        raise BadImport(
            f"{name}: is not {expected}, or is cut short or damaged "
            f"({failure}); get it anew and check its encoding"
        ) from None
    except (LookupError, UnicodeError, ValueError) as failure:
        raise BadImport(
            f"{name}: its encoding can't be read ({failure}); save it as UTF-8"
        ) from None


def refuse_other_things(name: str, head: bytes, expected: str) -> None:
    """The commonest mistakes, told by the first bytes of a file."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start:
        raise BadImport(f"{name}: is empty; it should be {expected}")
    if start.startswith((b"<!doctype html", b"<html")):
        raise BadImport(
            f"{name}: is a web page, not {expected}; use the address of the feed itself"
        )
    # UTF-16 starts with a byte order mark instead.
    if not start.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        raise BadImport(f"{name}: is not XML, so it is not {expected}")


def text(parent: Element, *names: str) -> str:
    """The text of the first of these children that has any."""
    for name in names:
        found = parent.find(name)
        if found is not None and (content := "".join(found.itertext()).strip()):
            return content
    return ""


def moment(written: str) -> datetime | None:
    """A date as feeds write it, RFC 822 or ISO 8601, in UTC; None for what is no date."""
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            parsed = parse(written.strip())
            aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
            found = aware.astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return found if found.year in YEARS else None
    return None
