"""The partner's feed: someone else's, slow and sometimes broken."""

from __future__ import annotations

from django.conf import settings

from .fetch import FetchError, fetch
from .importing.feeds import parse_feed
from .importing.items import BadImport

# A page waits for it when no copy is kept.
SECONDS = 2.0
MOST_BYTES = 500_000
HEADLINES = 20


class PartnerDown(Exception):
    """There is no feed to be had right now."""


def headlines() -> list[dict[str, str]]:
    """The newest entries; none at all where no partner is configured. Raises PartnerDown."""
    url = settings.LAB.partner_url
    if url is None:
        return []
    try:
        items = parse_feed(fetch(url, seconds=SECONDS, most_bytes=MOST_BYTES), name=url)
    except (FetchError, BadImport) as failure:
        raise PartnerDown(str(failure)) from failure
    return [
        {
            "title": item.title,
            "url": item.url,
            "summary": item.summary,
            "published": item.published.isoformat() if item.published else "",
        }
        for item in items[:HEADLINES]
    ]
