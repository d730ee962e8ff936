"""The traffic that is planned for, and what it asks of each service. Pure arithmetic.

A page view brings other requests along: objects, writes. Page views are pages and feeds asked for by
anybody, and pages of members. Shares that were not stated are those of the variant's own load.
"""

from __future__ import annotations

import msgspec

from planning.measured import KINDS, Variant
from planning.units import PER


class NotMeasured(ValueError):
    """The result has no request of a kind that the traffic asks for; one line that says what to measure."""


class Traffic(msgspec.Struct, frozen=True, kw_only=True):
    """pageviews: a second, on average. peak: how many times that the busiest time has.

    members: their share of page views. writes, objects: for each page view. weight: bytes that go out for a
    page view, with its objects. None: as measured.
    """

    pageviews: float
    peak: float
    members: float | None = None
    writes: float | None = None
    objects: float | None = None
    weight: float | None = None

    @property
    def peak_pageviews(self) -> float:
        return self.pageviews * self.peak

    @property
    def monthly_pageviews(self) -> float:
        return self.pageviews * PER["month"]


class Mix(msgspec.Struct, frozen=True):
    """What one page view is made of: shares of members and others, and what comes with it."""

    pages: float
    members: float
    writes: float
    objects: float

    @property
    def requests(self) -> float:
        return self.pages + self.members + self.writes + self.objects

    def site_requests(self, variant: Variant) -> float:
        """Requests that reach nginx and Django for one page view."""
        kinds = {"pages": self.pages, "members": self.members, "writes": self.writes}
        return sum(share * variant.reaching_site(kind) for kind, share in kinds.items())


def measured_mix(variant: Variant) -> Mix:
    return Mix(**{kind: count / variant.views for kind, count in variant.asked.items()})


def mix(traffic: Traffic, variant: Variant) -> Mix:
    """The traffic's own shares, and the measured ones for what it leaves open. Raises NotMeasured."""
    own = measured_mix(variant)
    members = own.members if traffic.members is None else traffic.members
    asked = Mix(
        pages=1 - members,
        members=members,
        writes=own.writes if traffic.writes is None else traffic.writes,
        objects=own.objects if traffic.objects is None else traffic.objects,
    )
    for kind in KINDS:
        if getattr(asked, kind) > 0 and not variant.asked[kind]:
            raise NotMeasured(
                f"{variant.name} was measured without {WANTED[kind]}: what they cost is not in this result;"
                " measure with ./scripts/lab bench --mix community"
            )
    return asked


WANTED = {
    "pages": "visitors who have no account",
    "members": "members' pages (--members)",
    "writes": "writes (--writes)",
    "objects": "objects (--objects)",
}


class Demand(msgspec.Struct, frozen=True, kw_only=True):
    """What the peak asks for. cores: by role, in cores of the machine that measured. Rates: a second.

    kinds: requests by kind. site: those that reach the load balancer. fetches: objects asked of the bucket.
    """

    cores: dict[str, float]
    kinds: dict[str, float]
    requests: float
    site: float
    fetches: float


SERVICES = {
    "edge": ("varnish",),
    "balancer": ("nginx",),
    "web": ("web", "relay"),
    "cache": ("redis", "memcached"),
    "database": ("postgres",),
}
"""Whose CPU each role's machines carry. The partner's feed and the bucket are other people's machines."""

BEHIND_THE_EDGE = ("balancer", "web", "cache", "database")


def demand(traffic: Traffic, variant: Variant) -> Demand:
    """Cores and rates at the peak. Raises NotMeasured.

    The edge's CPU grows with all requests. What is behind it grows with the requests that reach the site,
    each of which is taken to cost what one costs on average.
    """
    asked, own = mix(traffic, variant), measured_mix(variant)
    rate = traffic.peak_pageviews
    site, own_site = asked.site_requests(variant), own.site_requests(variant)
    grown = site / own_site if own_site else 1.0
    cores = {
        role: rate * grown * sum(variant.per_view(name) for name in SERVICES[role]) / 1000
        for role in BEHIND_THE_EDGE
    }
    if variant.has_edge:
        cores["edge"] = rate * asked.requests * variant.cpu_ms.get("varnish", 0.0) / 1000
    if variant.store is None:
        del cores["cache"]
    return Demand(
        cores=cores,
        kinds={kind: rate * getattr(asked, kind) for kind in KINDS},
        requests=rate * asked.requests,
        site=rate * site,
        fetches=rate * asked.objects * variant.objects_fetched,
    )


def weight(traffic: Traffic, variant: Variant) -> float:
    """Bytes that go out for a page view."""
    return variant.weight if traffic.weight is None else traffic.weight
