"""How many machines of which size, and what they cost in a month. Pure arithmetic.

Machines are those that the peak needs, all month: nothing is switched off at night.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import ceil
from typing import Literal

import msgspec

from planning.measured import Variant
from planning.prices import Prices, Role, Size, graded
from planning.traffic import Demand, Traffic, demand, mix, weight

ONE_CORE = "redis"
"""Redis runs commands on one core, however many its node has."""

FILL = 0.75
"""Of a cache's memory, the part that values may take; the rest is its own, and room to fork or fragment."""

GIB = 2.0**30

EdgeKind = Literal["machines", "cdn"]


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """utilisation: the most of a machine's cores that the peak may take. spare: machines more than needed, of
    each role. working_set, edge_working_set: bytes that are kept upstream, and at the edge."""

    utilisation: float = 0.6
    spare: int = 1
    working_set: float = 2 * GIB
    edge_working_set: float = 4 * GIB
    edge: EdgeKind = "machines"


class Machines(msgspec.Struct, frozen=True, kw_only=True):
    """The machines of one role. servers: the vCPUs of one of them that can work at once. speed: of each, in
    cores of the machine that measured; demand is in such cores, too."""

    role: Role
    size: Size
    needed: int
    spare: int
    servers: int
    speed: float
    demand: float

    @property
    def count(self) -> int:
        return self.needed + self.spare

    @property
    def month(self) -> float:
        return self.count * self.size.month

    @property
    def utilisation(self) -> float:
        """Of those that are needed, with the spare ones out of service."""
        return self.demand / (self.needed * self.servers * self.speed)


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """What one variant needs at the stated traffic, and its price a month by what it is paid for.

    impossible: why no machines that are for sale can do it; empty where they can.
    """

    variant: str
    demand: Demand
    machines: tuple[Machines, ...]
    month: dict[str, float]
    impossible: str = ""

    @property
    def total(self) -> float | None:
        return None if self.impossible else sum(self.month.values())

    def of(self, role: Role) -> Machines | None:
        return next((found for found in self.machines if found.role == role), None)


class TooSmall(ValueError):
    """No size that is for sale is enough; one line that says for what."""


def bill(traffic: Traffic, variant: Variant, prices: Prices, rules: Rules) -> Bill:
    """Raises traffic.NotMeasured."""
    asked = demand(traffic, variant)
    if rules.edge == "cdn":
        # Somebody else's processors.
        cores = {role: used for role, used in asked.cores.items() if role != "edge"}
        asked = msgspec.structs.replace(asked, cores=cores)
    return billed(variant, asked, traffic, prices, rules)


def billed(variant: Variant, asked: Demand, traffic: Traffic, prices: Prices, rules: Rules) -> Bill:
    """The bill for a demand that is given."""
    found: list[Machines] = []
    impossible = ""
    for role in asked.cores:
        try:
            found.append(SIZERS[role](asked.cores[role], variant, prices, rules))
        except TooSmall as reason:
            impossible = str(reason)
    return Bill(
        variant=variant.name,
        demand=asked,
        machines=tuple(found),
        month={
            **{machines.role: machines.month for machines in found},
            **_by_use(variant, asked, traffic, prices, rules),
        },
        impossible=impossible,
    )


Sizer = Callable[[float, Variant, Prices, Rules], Machines]


def _web(cores: float, variant: Variant, prices: Prices, rules: Rules) -> Machines:
    return _cheapest(_wide("web", cores, size, prices, rules) for size in prices.web)


def _balancer(cores: float, variant: Variant, prices: Prices, rules: Rules) -> Machines:
    return _cheapest(_wide("balancer", cores, size, prices, rules) for size in prices.balancer)


def _edge(cores: float, variant: Variant, prices: Prices, rules: Rules) -> Machines:
    """Each machine holds everything that is asked for often: nothing tells them apart."""
    fits = [s for s in prices.edge if s.memory_gib * GIB * FILL >= rules.edge_working_set]
    if not fits:
        raise TooSmall(_too_small("edge", "memory", prices.edge))
    return _cheapest(_wide("edge", cores, size, prices, rules) for size in fits)


def _cache(cores: float, variant: Variant, prices: Prices, rules: Rules) -> Machines:
    """Values are shared out over the nodes, which so add up their memory as well as their cores."""
    found = []
    for size in prices.cache:
        used = 1 if variant.store == ONE_CORE else size.vcpu
        of_memory = ceil(rules.working_set / (size.memory_gib * GIB * FILL))
        found.append(_wide("cache", cores, size, prices, rules, used, of_memory))
    return _cheapest(found)


def _database(cores: float, variant: Variant, prices: Prices, rules: Rules) -> Machines:
    """One machine takes all queries; what is spare stands by."""
    found = (_wide("database", cores, size, prices, rules) for size in prices.database)
    alone = [machines for machines in found if machines.needed == 1]
    if not alone:
        raise TooSmall(
            _too_small("database", f"cores ({cores:,.1f} are busy at the peak)", prices.database)
        )
    return _cheapest(alone)


SIZERS: dict[str, Sizer] = {
    "web": _web,
    "balancer": _balancer,
    "edge": _edge,
    "cache": _cache,
    "database": _database,
}


def _wide(
    role: Role,
    cores: float,
    size: Size,
    prices: Prices,
    rules: Rules,
    used: int | None = None,
    least: int = 1,
) -> Machines:
    """As many of this size as the demand takes. used: how many of its vCPUs can work, all by default."""
    servers = size.vcpu if used is None else used
    useful = servers * prices.core_factor * rules.utilisation
    return Machines(
        role=role,
        size=size,
        needed=max(least, ceil(cores / useful)),
        spare=rules.spare,
        servers=servers,
        speed=prices.core_factor,
        demand=cores,
    )


def _cheapest(found: Iterable[Machines]) -> Machines:
    """Of the same price, the fewest machines."""
    return min(found, key=lambda machines: (machines.month, machines.count))


def _too_small(role: str, what: str, sizes: tuple[Size, ...]) -> str:
    largest = max(sizes, key=lambda size: (size.vcpu, size.memory_gib))
    return (
        f"no {role} machine in the price file has the {what}: the largest is {largest.name},"
        f" {largest.vcpu} vCPU, {largest.memory_gib:g} GiB"
    )


def _by_use(
    variant: Variant, asked: Demand, traffic: Traffic, prices: Prices, rules: Rules
) -> dict[str, float]:
    """What is paid for as it is used. A month has the average's requests and not the peak's."""
    views = traffic.monthly_pageviews
    fetches = asked.fetches / traffic.peak_pageviews * views
    sent = views * weight(traffic, variant) / 1e9
    used = {"object store": fetches / 1e6 * prices.object_store.per_million_gets}
    if variant.has_edge and rules.edge == "cdn":
        requests = views * mix(traffic, variant).requests
        used["CDN requests"] = requests / 1e6 * prices.cdn.per_million_requests
        used["traffic out"] = graded(sent, prices.cdn.egress)
    else:
        used["traffic out"] = graded(sent, prices.egress)
    return used
