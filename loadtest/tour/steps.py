"""What is shown, in which order, and what there is to notice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

OFF: Mapping[str, str] = {
    "LAB_EDGE_PAGES": "off",
    "LAB_EDGE_ASSETS": "off",
    "LAB_UPSTREAM": "off",
    # All uses of the upstream cache, so that it is worth what it can be; without one they keep nothing.
    "LAB_PROPERTIES": "on",
    "LAB_COMPILED": "on",
    "LAB_FRAGMENTS": "on",
    # Cutting each thumbnail anew for each request would make any other layer look too good.
    "LAB_GENERATED": "on",
    "LAB_AGGREGATES": "on",
    "LAB_SYNDICATED": "on",
    "LAB_FRESHNESS": "invalidate",
    "LAB_MICROCACHE": "0",
}


class Act(Enum):
    """What happens at a step once the toggles are set."""

    LOAD = "readers visit"
    WRITE = "somebody writes"
    BREAK = "Redis is killed, and readers visit"


@dataclass(frozen=True, slots=True)
class Step:
    """name: a short one, for the table at the end. happens: what is different now. notice: what to look
    at on the live page. toggles: beside OFF."""

    name: str
    title: str
    toggles: Mapping[str, str]
    happens: str
    notice: str
    act: Act = Act.LOAD

    @property
    def all_toggles(self) -> dict[str, str]:
        return {**OFF, **self.toggles}


EVERYTHING = {"LAB_EDGE_PAGES": "on", "LAB_EDGE_ASSETS": "on", "LAB_UPSTREAM": "redis"}

STEPS = (
    Step(
        "nothing cached",
        "The first drawing: no cache",
        {},
        "Varnish hands every request on: pages through nginx to Django, objects to MinIO. Django asks "
        "Postgres for everything, for every reader anew.",
        "Django and Postgres do the work: their CPU is what every page costs. Varnish's hit ratio is 0 %.",
    ),
    Step(
        "upstream: Redis",
        "Upstream: Django keeps what it has computed in Redis",
        {"LAB_UPSTREAM": "redis"},
        "Properties, compiled templates, fragments and aggregates are reused. Every page is still put "
        "together by Django, but from values that are there.",
        "Redis' hit ratio rises, and Postgres has hardly any queries left. Every page view "
        "reaches Django as before; each costs it less.",
    ),
    Step(
        "downstream: objects",
        "Downstream: Varnish keeps static files and media",
        {"LAB_EDGE_ASSETS": "on"},
        "Style sheets, thumbnails and clips come from Varnish's memory. Pages are as expensive as at first.",
        "MinIO falls silent. Django's CPU per page is that of the first step: this layer helps the bucket.",
    ),
    Step(
        "downstream: pages",
        "Downstream: Varnish keeps pages",
        {"LAB_EDGE_PAGES": "on"},
        "A page that one reader was given is given to the next, as long as nothing that it was made of "
        "has changed.",
        "Requests end at Varnish: after the first look at each page nginx and Django have next to nothing "
        "to do. A miss is expensive, for there is no upstream cache now.",
    ),
    Step(
        "everything",
        "The second drawing: all caches",
        EVERYTHING,
        "Varnish answers what it has; what it has not is made by Django from what Redis has.",
        "Nearly all stops at Varnish. Redis is asked at the few misses only: what it is worth shows when "
        "pages end, as in the next step.",
    ),
    Step(
        "a write",
        "A write that everybody sees",
        EVERYTHING,
        "A member comments on a post whose page is kept. Before the write is answered, its tags get new "
        "stamps upstream, and Varnish is told to forget the pages that carry them.",
        "One purge, one miss, then hits again: the other pages stay kept.",
        Act.WRITE,
    ),
    Step(
        "Redis killed",
        "A cache that breaks",
        {"LAB_EDGE_ASSETS": "on", "LAB_UPSTREAM": "redis"},
        "Pages are not kept at the edge now, so each of them needs the upstream cache, and Redis is killed. "
        "A broken cache is a slow cache, and never an error.",
        "Redis is gone and Postgres is busy again. No request fails, and none waits for what is not there.",
        Act.BREAK,
    ),
)
