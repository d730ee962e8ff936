"""What each layer is worth: the difference between two variants that differ in it, and its break-even.

A layer's break-even is the hit ratio at which what it saves equals what it costs: its machines, its CPU,
and the web servers' CPU for asking it. Between no hits at all and the measured hit ratio each cost is
taken to change in a straight line, and to go on so up to a hit ratio of 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

import msgspec

from bench import ratios
from bench.compare import cpu, in_both
from bench.judging.comparison import SPREAD_LIMIT
from bench.levelling import at_one_speed
from planning.measured import Variant
from planning.prices import Prices
from planning.sizing import Bill, Rules, billed
from planning.traffic import Demand, Traffic

OWN = {"upstream": "cache", "pages": "edge", "objects": "edge"}
"""The role whose machines a layer is made of."""

TITLES = {
    ("upstream",): "upstream cache",
    ("pages",): "edge, pages",
    ("objects",): "edge, objects",
    ("pages", "objects"): "edge, pages and objects",
}
"""Layers that are looked at alone or together, in the order of LAYERS."""

STEPS = 1000
"""Hit ratios that are tried between 0 and 1."""


class Pair(msgspec.Struct, frozen=True):
    """Two variants that differ in these layers and in nothing else; `having` has them."""

    layers: tuple[str, ...]
    lacking: Variant
    having: Variant


class Worth(msgspec.Struct, frozen=True, kw_only=True):
    """What a layer is worth between two variants; prices a month, CPU in cores at the peak.

    saved: how much less everything but the layer's own machines costs. own: what those cost. net: what is
    left. None where one of the two can't be bought at all.
    hit_ratio: as measured. break_even: in money; break_even_cpu: in CPU alone. None: not at any hit ratio.
    doubt: why the measured CPU of the two may tell no difference; empty where it does.
    """

    title: str
    lacking: str
    having: str
    saved: float | None
    own: float | None
    net: float | None
    cores_saved: float
    hit_ratio: float | None
    break_even: float | None
    break_even_cpu: float | None
    doubt: str

    @property
    def verdict(self) -> str:
        if self.net is None:
            return "can't be bought without it" if self.own is not None else "can't be bought"
        if self.net < 0:
            return "costs more than it saves"
        return "saves" if self.net > 0 else "makes no difference"


def pairs(variants: list[Variant]) -> Iterator[Pair]:
    """Every two variants that tell a layer apart, as TITLES has them. The same mix was asked of both."""
    for lacking in variants:
        for having in variants:
            layers = tuple(layer for layer in OWN if lacking.layers[layer] != having.layers[layer])
            adds = layers in TITLES and all(
                lacking.layers[layer] == "off" and having.layers[layer] != "off" for layer in layers
            )
            if adds and _else_alike(lacking, having):
                yield Pair(layers, lacking, having)


def _else_alike(one: Variant, other: Variant) -> bool:
    """Whether all other toggles and the load are the same; of a load that is not told, whether the same kinds
    of requests were made."""
    if one.load or other.load:
        # A slow variant may have got to no write by chance, under a load that has some.
        return (one.others, one.load) == (other.others, other.load)
    asked = [{kind for kind, count in v.asked.items() if count} for v in (one, other)]
    return (one.others, asked[0]) == (other.others, asked[1])


def hit_ratio(pair: Pair) -> float | None:
    """Of the layer, as the variant that has it measured it."""
    if pair.layers == ("upstream",):
        return pair.having.upstream_hits
    kinds = {"pages": ("pages", "members"), "objects": ("objects",)}
    return pair.having.hit_ratio(*(kind for layer in pair.layers for kind in kinds[layer]))


def worth(
    pair: Pair,
    bills: tuple[Bill, Bill],
    traffic: Traffic,
    prices: Prices,
    rules: Rules,
    lookup: float,
) -> Worth:
    """bills: of the variant that lacks the layer, and of the one that has it. lookup: seconds of a web
    server's CPU for one round trip to the upstream cache."""
    without, having = bills
    own = _own_price(pair, having) - _own_price(pair, without)
    net = None
    if without.total is not None and having.total is not None:
        net = without.total - having.total
    between = Between(pair, without.demand, having.demand, lookup)
    return Worth(
        title=TITLES[pair.layers],
        lacking=pair.lacking.name,
        having=pair.having.name,
        saved=None if net is None else net + own,
        own=None if having.impossible else own,
        net=net,
        cores_saved=sum(without.demand.cores.values()) - sum(having.demand.cores.values()),
        hit_ratio=between.measured,
        break_even=_break_even(between, without, traffic, prices, rules),
        break_even_cpu=between.even_cpu(),
        doubt=_doubt(pair),
    )


def _own_price(pair: Pair, bill: Bill) -> float:
    roles = {OWN[layer] for layer in pair.layers}
    own = sum(price for what, price in bill.month.items() if what in roles)
    return own + (bill.month.get("CDN requests", 0.0) if "edge" in roles else 0.0)


def _doubt(pair: Pair) -> str:
    """By the ratio within rounds; with a single round nothing can be told, and nothing is claimed."""
    both, _ = in_both(pair.having.runs, pair.lacking.runs)
    figures = at_one_speed(both, cpu)
    scatter, found = ratios.spread(figures), ratios.ratio(figures)
    if scatter is not None and scatter > SPREAD_LIMIT:
        return "the rounds differ too much to tell"
    if found is not None and found.low is not None and found.undecided:
        return "no difference seen in CPU"
    return ""


class Between:
    """The demand at any hit ratio of a layer, from that without it and that at the measured one."""

    def __init__(self, pair: Pair, without: Demand, having: Demand, lookup: float) -> None:
        self.pair = pair
        self.without = without
        self.having = having
        self.own = {OWN[layer] for layer in pair.layers}
        self.measured = hit_ratio(pair)
        asked = pair.having.lookups - pair.lacking.lookups
        self.lookup = max(0.0, asked) * lookup * having.requests if "cache" in self.own else 0.0
        """Cores that the web servers spend on asking."""

    def at(self, ratio: float) -> Demand:
        """The demand; the layer's own stays as it was measured. Only where the measured ratio is above 0."""
        if not self.measured:
            raise ValueError("a layer that served nothing says nothing about another hit ratio")
        part = ratio / self.measured
        cores = {
            role: used if role in self.own else _line(self._unserved(role), used, part)
            for role, used in self.having.cores.items()
        }
        return msgspec.structs.replace(
            self.having,
            cores=cores,
            site=_line(self.without.site, self.having.site, part),
            fetches=_line(self.without.fetches, self.having.fetches, part),
        )

    def _unserved(self, role: str) -> float:
        """Cores of a role where the layer is asked and never has anything."""
        return self.without.cores.get(role, 0.0) + (self.lookup if role == "web" else 0.0)

    def even_cpu(self) -> float | None:
        """The hit ratio at which the CPU of all is the same with the layer as without."""
        if not self.measured:
            return None
        rest = [role for role in self.having.cores if role not in self.own]
        own = sum(cores for role, cores in self.having.cores.items() if role in self.own) - sum(
            self.without.cores.get(role, 0.0) for role in self.own
        )
        spared = sum(self._unserved(role) - self.having.cores[role] for role in rest)
        if spared <= 0:
            return None
        even = self.measured * max(0.0, own + self.lookup) / spared
        return even if even <= 1 else None


def _line(at_nothing: float, at_measured: float, part: float) -> float:
    return max(0.0, at_nothing + (at_measured - at_nothing) * part)


def _break_even(
    between: Between, without: Bill, traffic: Traffic, prices: Prices, rules: Rules
) -> float | None:
    """The hit ratio from which on the layer costs no more than it saves: looked for below the measured one
    where it pays there, else above. Machines come whole, so the price falls in steps. Where the traffic can't
    be bought without the layer, the ratio from which on it can be with it."""
    measured = between.measured
    if not measured:
        return None
    most = inf if without.total is None else without.total

    def pays(ratio: float) -> bool:
        made = billed(between.pair.having, between.at(ratio), traffic, prices, rules)
        return made.total is not None and made.total <= most

    tried = [step / STEPS for step in range(STEPS + 1)]
    if not pays(measured):
        return next((ratio for ratio in tried if ratio > measured and pays(ratio)), None)
    lowest = measured
    for ratio in reversed([each for each in tried if each < measured]):
        if not pays(ratio):
            break
        lowest = ratio
    return lowest
