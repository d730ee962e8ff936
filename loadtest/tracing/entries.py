"""What each server logged about one request, as lines of one shape, in the order of happening."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from . import way
from .varnish_log import Visit

# Compose erases the terminal's line before each line of a log, also where there is none.
_COMPOSE = re.compile(r"(?:\x1b\[[0-9;]*[A-Za-z])*(?P<container>[a-z-]+-[0-9]+)\s+\| (?P<line>.*)")

EDGE, BALANCER = "varnish", "nginx"
_PATH = (EDGE, BALANCER)


@dataclass(frozen=True, slots=True)
class Entry:
    """at: seconds since 1970, when it began. server: varnish, nginx, or a replica such as web-2.
    facts: what the line says, by name; request_id, method, uri, status and seconds among it where it
    is about the request as a whole."""

    at: float
    server: str
    facts: Mapping[str, Any]


def of_the_edge(visit: Visit, longest: int) -> Iterator[Entry]:
    """Varnish's record of the request and of each part that it put into the page. longest: bytes of a
    record that its log keeps."""
    last = visit.last
    edge = way.edge_of(visit, longest)
    origin = way.origin_of(visit)
    yield Entry(
        at=visit.first.started,
        server=EDGE,
        facts={
            "request_id": last.header("RespHeader", "X-Request-ID"),
            "method": last.last("ReqMethod"),
            "uri": visit.first.last("ReqURL"),
            "status": int(last.last("RespStatus") or 0),
            "seconds": edge.seconds,
            "outcome": edge.outcome,
            "why": edge.why,
            "asked": origin.place if origin else "",
        },
    )
    for piece in visit.pieces:
        yield from of_the_edge(piece, longest)


def of_the_others(lines: Iterable[str], ids: set[str], replicas: Mapping[str, str]) -> list[Entry]:
    """What stands about these requests in what `docker compose logs` prints. replicas: names by
    address."""
    found = []
    for line in lines:
        parts = _COMPOSE.match(line)
        if parts is None or not any(each in parts["line"] for each in ids):
            continue
        facts = _json(parts["line"])
        if facts.get("request_id") in ids:
            found.append(_entry(parts["container"], facts, replicas))
    return found


def _entry(container: str, facts: dict[str, Any], replicas: Mapping[str, str]) -> Entry:
    if container.startswith(f"{BALANCER}-"):
        addresses = [each.strip() for each in str(facts["replica"]).split(",") if each.strip()]
        names = [replicas.get(each.rpartition(":")[0], each) for each in addresses]
        began = float(facts["ended"]) - float(facts["seconds"])
        return Entry(began, BALANCER, {**facts, "replica": ", ".join(names)})
    return Entry(datetime.fromisoformat(facts["time"]).timestamp(), container, facts)


def _json(line: str) -> dict[str, Any]:
    try:
        found: Any = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """As it happened. nginx counts in milliseconds, and a replica is often asked within the same one:
    of each request, nginx comes after Varnish and before the replica."""
    every = [*entries]
    settled = [_between(each, every) if each.server == BALANCER else each for each in every]
    return sorted(settled, key=lambda each: (each.at, _rank(each.server)))


def _between(entry: Entry, every: Iterable[Entry]) -> Entry:
    same = [each for each in every if each.facts["request_id"] == entry.facts["request_id"]]
    before = [each.at for each in same if each.server == EDGE]
    after = [each.at for each in same if each.server not in _PATH]
    return replace(entry, at=max([min([entry.at, *after]), *before]))


def _rank(server: str) -> int:
    return _PATH.index(server) if server in _PATH else len(_PATH)
