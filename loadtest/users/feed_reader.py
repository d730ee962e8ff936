"""The feed reader: a program that asks for our feed again and again, and mostly hears "not modified"."""

from __future__ import annotations

from users import markers
from users.visitor import Visitor


class FeedReader(Visitor):
    def on_start(self) -> None:
        self.known: dict[str, str] = {}

    def visit(self) -> None:
        reply = self.get(
            "feed/atom", "/feed.atom", marker=markers.FEED, headers=self.known, accept=(200, 304)
        )
        if reply and reply.status == 200:
            self.known = _conditions(reply.headers)


def _conditions(headers: dict[str, str]) -> dict[str, str]:
    """What to send next time (RFC 9110, section 13.1) for a short answer if nothing is new."""
    asks = {"If-None-Match": headers.get("etag"), "If-Modified-Since": headers.get("last-modified")}
    return {name: value for name, value in asks.items() if value}
