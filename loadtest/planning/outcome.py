"""The whole plan, put together: bills, what each layer is worth, the check, and all that was assumed."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import msgspec

from planning.layers import Worth, pairs, worth
from planning.measured import Source, Variant, variants
from planning.prices import Prices
from planning.simulate import Simulated, simulate, stops
from planning.sizing import FILL, Bill, Rules, bill
from planning.traffic import NotMeasured, Traffic, measured_mix, weight

TOLERANCE = 0.05
"""How far the simulated utilisation may be above the target, as a part of it: chance of a short run."""

CHANCE = 3.0
"""Standard errors of a simulated utilisation that are no finding."""

OLD = datetime.timedelta(days=365)
"""Prices older than this are warned of."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for. lookup: seconds of a web server's CPU for one round trip to the upstream cache.
    longest_wait: seconds in queues that 99 of 100 requests may not exceed. stated: the options that were
    given, by name, as they were spelled; all else is a default."""

    traffic: Traffic
    rules: Rules
    lookup: float
    longest_wait: float
    seed: int
    stated: dict[str, str]


class Assumption(msgspec.Struct, frozen=True):
    """One figure that the plan rests on, and where it comes from."""

    what: str
    value: str
    origin: str


class Scenario(msgspec.Struct, frozen=True):
    """The traffic changed in one thing, and each variant's price a month; None where it can't be told."""

    name: str
    month: dict[str, float | None]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """result: the name of what was planned from. checked: the simulation, by variant."""

    result: str
    currency: str
    traffic: Traffic
    rules: Rules
    bills: list[Bill]
    layers: list[Worth]
    scenarios: list[Scenario]
    checked: dict[str, Simulated]
    assumptions: list[Assumption]
    warnings: list[str]

    @property
    def cheapest(self) -> Bill | None:
        return min(
            (bill for bill in self.bills if bill.total is not None),
            key=lambda bill: bill.total or 0.0,
            default=None,
        )


def plan(name: str, source: Source, asked: Asked, prices: Prices, today: datetime.date) -> Outcome:
    """Raises NothingMeasured, NotMeasured."""
    found, left_out = variants(source.runs, source.loads)
    bills = {variant.name: bill(asked.traffic, variant, prices, asked.rules) for variant in found}
    # Where the edge is somebody else's and answers everything, there is nothing to wait for.
    ways = {name: stops(bill) for name, bill in bills.items() if not bill.impossible}
    checked = {
        name: simulate(way, bills[name].demand.requests, asked.seed)
        for name, way in ways.items()
        if way
    }
    return Outcome(
        result=name,
        currency=prices.currency,
        traffic=asked.traffic,
        rules=asked.rules,
        bills=list(bills.values()),
        layers=[
            worth(
                pair,
                (bills[pair.lacking.name], bills[pair.having.name]),
                asked.traffic,
                prices,
                asked.rules,
                asked.lookup,
            )
            for pair in pairs(found)
        ],
        scenarios=scenarios(found, asked, prices),
        checked=checked,
        assumptions=assumptions(name, source, found, asked, prices),
        warnings=[
            *left_out,
            *_alone(found),
            *_loads(found),
            *_weight(asked),
            *_unbuyable(bills),
            *_held(checked, asked),
            *_aged(prices, today),
        ],
    )


CHANGES: dict[str, dict[str, float]] = {
    "members 0%": {"members": 0.0},
    "members 50%": {"members": 0.5},
    "writes 100:1": {"writes": 1 / 100},
    "writes 30:1": {"writes": 1 / 30},
    "writes 4:1": {"writes": 1 / 4},
}


def scenarios(found: list[Variant], asked: Asked, prices: Prices) -> list[Scenario]:
    """As stated, twice the traffic, and other shares of members and writes where they were measured."""
    busier = msgspec.structs.replace(asked.traffic, pageviews=2 * asked.traffic.pageviews)
    named = {"as stated": asked.traffic, "twice the traffic": busier}
    for name, change in CHANGES.items():
        named[name] = msgspec.structs.replace(asked.traffic, **change)
    made = [
        Scenario(name, {variant.name: _total(variant, traffic, asked, prices) for variant in found})
        for name, traffic in named.items()
    ]
    return [scenario for scenario in made if any(scenario.month.values())]


def _total(variant: Variant, traffic: Traffic, asked: Asked, prices: Prices) -> float | None:
    try:
        return bill(traffic, variant, prices, asked.rules).total
    except NotMeasured:
        return None


def _alone(found: list[Variant]) -> list[str]:
    alone = [variant.name for variant in found if variant.rounds == 1]
    if not alone:
        return []
    return [f"measured in a single round, so nothing tells how far it varies: {', '.join(alone)}"]


def _loads(found: list[Variant]) -> list[str]:
    """Layers are only looked at under one load; prices are shown for all."""
    if len({variant.load for variant in found}) < 2:
        return []
    said = "measured under several loads: what a layer is worth is told within each, the cheapest is of all"
    return [said]


def _weight(asked: Asked) -> list[str]:
    if "objects" not in asked.stated or "weight" in asked.stated:
        return []
    return ["--objects changes no bytes: those of a page view are as measured; state --weight, too"]


def _unbuyable(bills: Mapping[str, Bill]) -> list[str]:
    return [f"{name}: {bill.impossible}" for name, bill in bills.items() if bill.impossible]


def _held(checked: Mapping[str, Simulated], asked: Asked) -> list[str]:
    """Where the simulation shows that the recommended machines don't do what was asked of them."""
    said = []
    for name, simulated in checked.items():
        for role, busy in simulated.utilisation.items():
            chance = max(TOLERANCE, CHANCE * simulated.error(role))
            if busy > asked.rules.utilisation * (1 + chance):
                said.append(
                    f"{name}: simulated, {role} is busy for {busy:.0%} of the time and not for"
                    f" {asked.rules.utilisation:.0%}: these machines don't hold the target"
                )
        if simulated.p99_site_wait > asked.longest_wait:
            said.append(
                f"{name}: simulated, one in a hundred of the requests that the edge did not answer waits for"
                f" {1000 * simulated.p99_site_wait:,.0f} ms and more, above {1000 * asked.longest_wait:g} ms:"
                " lower --target-utilisation"
            )
    return said


def _aged(prices: Prices, today: datetime.date) -> list[str]:
    age = today - prices.date
    if age <= OLD:
        return []
    return [
        f"the prices are of {prices.date}, {age.days // 30} months ago: give your own with --prices"
    ]


def assumptions(
    name: str, source: Source, found: list[Variant], asked: Asked, prices: Prices
) -> list[Assumption]:
    """Every figure that the plan rests on, and every thing that is taken for granted."""
    measured = f"measured in {name}, {source.created[:10]}"
    priced = f"price file, {prices.date}"
    return [
        *_of_traffic(found, asked, measured),
        Assumption(
            "CPU of each service for a request, hit ratios",
            f"medians over rounds: {max(variant.rounds for variant in found)}",
            f"{measured}, on {source.machine.cores} cores of {source.machine.cpu}",
        ),
        *_of_rules(asked, prices, priced),
        *(Assumption(what, value, "model") for what, value in MODEL),
    ]


def _of_traffic(found: list[Variant], asked: Asked, measured: str) -> list[Assumption]:
    traffic = asked.traffic

    def taken(option: str, what: str, shown: list[str]) -> Assumption:
        """As it was stated, else as the variants had it: one value or, where they differ, the two ends."""
        if option in asked.stated:
            return Assumption(what, asked.stated[option], f"--{option}")
        shown = list(dict.fromkeys(shown))
        return Assumption(what, " … ".join([shown[0], *shown[1:][-1:]]), measured)

    mixes = sorted((measured_mix(variant) for variant in found), key=lambda mix: mix.members)
    by_writes = sorted(mix.writes for mix in mixes)
    by_objects = sorted(mix.objects for mix in mixes)
    sizes = sorted(weight(traffic, variant) for variant in found)
    return [
        Assumption("page views, average", asked.stated["pageviews"], "--pageviews"),
        _stated(
            asked, "peak", "the busiest time has so many times the average", f"{traffic.peak:g}"
        ),
        taken("members", "members' share of page views", [f"{mix.members:.0%}" for mix in mixes]),
        taken("writes", "writes for a page view", [f"{each:.3f}" for each in by_writes]),
        taken("objects", "objects for a page view", [f"{each:.2f}" for each in by_objects]),
        taken("weight", "bytes sent for a page view", [f"{each / 1000:.0f} kB" for each in sizes]),
    ]


def _of_rules(asked: Asked, prices: Prices, priced: str) -> list[Assumption]:
    rules = asked.rules
    factor = "--core-factor" if "core-factor" in asked.stated else priced
    return [
        _stated(
            asked,
            "target-utilisation",
            "the most of its cores that the peak may take",
            f"{rules.utilisation:.0%}",
        ),
        _stated(asked, "spare", "machines of each role beyond those needed", str(rules.spare)),
        _stated(
            asked, "working-set", "values kept upstream", f"{rules.working_set / 2**30:.3g} GiB"
        ),
        _stated(
            asked,
            "edge-working-set",
            "pages and objects kept at the edge, on each machine",
            f"{rules.edge_working_set / 2**30:.3g} GiB",
        ),
        _stated(asked, "edge", "what the edge is made of", rules.edge),
        _stated(
            asked,
            "lookup",
            "a web server's CPU for a round trip to the upstream cache",
            f"{1000 * asked.lookup:g} ms",
        ),
        _stated(
            asked,
            "max-wait",
            "time in queues for 99 of 100 requests to the site, at most",
            f"{1000 * asked.longest_wait:g} ms",
        ),
        Assumption(
            "a vCPU's speed, in cores of the measuring machine", f"{prices.core_factor:g}", factor
        ),
        Assumption("prices", prices.source, priced),
        Assumption("part of a cache's memory that values fill", f"{FILL:.0%}", "model"),
    ]


def _stated(asked: Asked, option: str, what: str, value: str) -> Assumption:
    if option in asked.stated:
        return Assumption(what, asked.stated[option], f"--{option}")
    return Assumption(what, value, "default")


MODEL = (
    ("a request that reaches the site", "costs the same CPU whoever asks and whatever for"),
    ("hit ratios", "stay as measured when shares of members and writes are changed"),
    ("machines", "what the peak needs, all month"),
    ("Redis", "works on one core of a node; its nodes share out the values"),
    ("Postgres", "one machine takes all queries, spare ones stand by"),
    ("without a layer", "neither its machines nor its CPU are there"),
    ("between services", "the time on the network is not in it; what goes out is, at list price"),
    ("not priced", "storage, backups, logs, licences, people"),
)
"""What is taken for granted by the arithmetic, with docs/planning.md for the reasons."""
