"""Breadth-first over the links that a person finds."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from html import unescape
from itertools import islice
from urllib.parse import quote, urljoin, urlsplit

from checks.visitor import Answer

from .asking import Probe

BASE = "http://site"
LINK = re.compile(r'\b(?:href|src)="([^"]*)"')
# What a URI may hold as it is (RFC 3986), so that nothing is encoded twice.
AS_IT_IS = "/%:@!$&'()*+,;=~-._"
# Every page begins with links to the lists; a person's own pages would come after hundreds of posts.
STARTS = ("/", "/inbox/", "/inbox/?box=sent", "/drafts/", "/admin/", "/accounts/login/")

Hear = Callable[[Probe], Answer]
Map = Callable[[Hear, list[Probe]], Iterable[Answer]]


def links(page: str, answer: Answer) -> Iterator[str]:
    """Addresses of this site in an HTML page or in a redirect, in order, as they are sent."""
    found = [unescape(link) for link in LINK.findall(answer.text)] if is_html(answer) else []
    for link in [*found, *answer.headers.get_all("Location", [])]:
        parts = urlsplit(urljoin(BASE + page, link))
        if f"{parts.scheme}://{parts.netloc}" == BASE:
            query = f"?{quote(parts.query, AS_IT_IS + '?')}" if parts.query else ""
            yield quote(parts.path or "/", AS_IT_IS) + query


def is_html(answer: Answer) -> bool:
    return answer.headers.get("Content-Type", "").startswith("text/html")


def shape(path: str) -> tuple[str, int, bool]:
    """What pages of one kind have in common: first folder, depth, whether there is a query."""
    parts = urlsplit(path)
    return parts.path.split("/")[1], parts.path.count("/"), bool(parts.query)


def crawl(hear: Hear, most: int, of_a_shape: int, each: Map) -> list[str]:
    """The addresses visited, `most` at most. of_a_shape: how many pages of one kind, at most.

    hear: asks and tells the oracle. each: `map`, or one that works on several at a time.
    """
    waiting, known = deque(STARTS), set(STARTS)
    shapes = Counter(map(shape, STARTS))
    visited: list[str] = []
    while waiting and len(visited) < most:
        batch = list(islice(waiting, most - len(visited)))
        waiting.clear()  # what did not fit is beyond the bound
        for path, answer in zip(batch, each(hear, [Probe(path) for path in batch]), strict=True):
            visited.append(path)
            for link in links(path, answer):
                if link not in known and shapes[shape(link)] < of_a_shape:
                    known.add(link)
                    shapes[shape(link)] += 1
                    waiting.append(link)
    return visited
