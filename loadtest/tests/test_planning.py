"""From a result to machines and money: the arithmetic, the check by simulation, the command line."""

from __future__ import annotations

import datetime
import io
import json
import sys
from errno import ENOSPC
from pathlib import Path
from statistics import fmean
from typing import Any
from unittest.mock import Mock

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.counters import Counters
from bench.result import Flag, Kind, Load, Machine, Run
from planning import cli, layers, prices, queueing, units
from planning.layers import Between, pairs
from planning.measured import NothingMeasured, Source, Variant, newest, variants
from planning.prices import BadPrices, Tier, graded
from planning.simulate import Stop, simulate, stops
from planning.sizing import GIB, Rules, bill
from planning.traffic import NotMeasured, Traffic, demand, measured_mix

GOLDEN = Path(__file__).parent / "golden"
TODAY = datetime.date(2025, 6, 1)
PRICES = prices.load()
REQUESTS = 1000


def run(
    name: str,
    cpu_ms: dict[str, float],
    toggles: tuple[str, str, str],
    hits: tuple[float, float] = (0, 0),
    store_hits: float | None = None,
    round_: int = 1,
    members: float = 0.2,
    flags: tuple[Flag, ...] = (),
) -> Run:
    """A run of 1,000 requests: 800 page views, 200 objects, and writes of members. toggles: upstream,
    pages, objects; hits: shares of pages and of objects that the edge had."""
    of_members, objects = int(800 * members), 200
    pages = 800 - of_members
    writes = of_members // 8
    objects -= writes
    kinds = {
        "page/post": Kind(ok=pages, failed=0, bytes=pages * 10_000, edge_hits=int(pages * hits[0])),
        "member/post": Kind(ok=of_members, failed=0, bytes=0, edge_hits=int(of_members * hits[0])),
        "write/comment": Kind(ok=writes, failed=0, bytes=0),
        "asset/image": Kind(ok=objects, failed=0, bytes=0, edge_hits=int(objects * hits[1])),
    }
    fetched = sum(kind.ok - kind.edge_hits for n, kind in kinds.items() if n != "asset/image")
    image = kinds["asset/image"]
    return Run(
        round=round_,
        variant=name,
        started="2025-05-01T10:00:00+00:00",
        toggles={
            "LAB_UPSTREAM": toggles[0],
            "LAB_EDGE_PAGES": toggles[1],
            "LAB_EDGE_ASSETS": toggles[2],
            "LAB_TTL": "60",
        },
        load=Load(
            requests=REQUESTS,
            failures=0,
            requests_per_second=100,
            elapsed=10,
            bytes=48_000_000,  # unpacked
            kinds={n: kind for n, kind in kinds.items() if kind.ok},
        ),
        spent=Counters(
            counts={
                "varnish.fetched_pages": fetched,
                "varnish.fetched_objects": image.ok - image.edge_hits,
                "varnish.body_bytes": 16_000_000,
            }
        ),
        cpu_ms=cpu_ms,
        hit_ratios={} if store_hits is None else {"redis": store_hits},
        per_request={} if store_hits is None else {"redis.round_trips": 2.0},
        flags=list(flags),
    )


NONE = {"varnish": 0.1, "nginx": 0.3, "web": 20.0, "postgres": 2.0, "redis": 0.0, "minio": 0.4}
REDIS = NONE | {"web": 4.0, "postgres": 0.2, "redis": 0.1}
EDGE = {"varnish": 0.12, "nginx": 0.03, "web": 2.0, "postgres": 0.2, "minio": 0.01}
BOTH = EDGE | {"web": 1.9, "postgres": 0.19, "redis": 0.02}


def quick(members: float = 0.2) -> list[Run]:
    """Two rounds of four variants, with the second round 4 % dearer."""
    shapes: list[tuple[str, dict[str, float], tuple[str, str, str], Any, float | None]] = [
        ("none", NONE, ("off", "off", "off"), (0, 0), None),
        ("upstream-redis", REDIS, ("redis", "off", "off"), (0, 0), 0.9),
        ("edge", EDGE, ("off", "on", "on"), (0.9, 0.95), None),
        ("everything", BOTH, ("redis", "on", "on"), (0.9, 0.95), 0.9),
    ]
    return [
        run(
            name,
            {s: ms * (1 + 0.04 * (number - 1)) for s, ms in cpu.items()},
            toggles,
            hits,
            store_hits,
            number,
            members,
        )
        for number in (1, 2)
        for name, cpu, toggles, hits, store_hits in shapes
    ]


def found(members: float = 0.2) -> dict[str, Variant]:
    return {variant.name: variant for variant in variants(quick(members))[0]}


def traffic(**stated: Any) -> Traffic:
    return Traffic(**{"pageviews": 100.0, "peak": 3.0} | stated)


# --- quantities ---

GOOD = [
    (units.rate, "50M/day", 50e6 / 86400),
    (units.rate, "600/s", 600),
    (units.rate, "1.5k/min", 25),
    (units.share, "20%", 0.2),
    (units.share, "0%", 0),
    (units.utilisation, "60%", 0.6),
    (units.writes, "30:1", 1 / 30),
    (units.writes, "none", 0),
    (units.size, "70kB", 70_000),
    (units.size, "2GiB", 2 * GIB),
    (units.duration, "0.5ms", 0.0005),
    (units.Number(1, 10), "2.5", 2.5),
    (units.Whole(0, 9), "3", 3),
]


@pytest.mark.parametrize(("reader", "text", "value"), GOOD)
def test_quantities_are_read_in_their_units(reader: Any, text: str, value: float) -> None:
    assert reader(text) == pytest.approx(value)


BAD = [
    (units.rate, ["50M", "0/day", "-1/s", "5/year", "nan/s", "1e9/s", "٣/s", "", "999999G/s"]),
    (units.share, ["20", "101%", "-1%", "%", "0.2"]),
    (units.utilisation, ["0%", "100%", "60"]),
    (units.writes, ["30", "0:1", "1:0", "30:1:1", "a:b"]),
    (units.size, ["70", "70KB", "0kB", "-1kB", "kB"]),
    (units.duration, ["5", "0ms", "1h", "-1ms"]),
    (units.Number(1, 10), ["0", "11", "x", "inf", ""]),
    (units.Whole(0, 9), ["10", "1.5", "-1", "²"]),
]


@pytest.mark.parametrize(("reader", "texts"), BAD)
def test_what_is_no_quantity_gets_one_line_that_says_what_is(reader: Any, texts: list[str]) -> None:
    for text in texts:
        with pytest.raises(units.BadQuantity, match="accepted are") as caught:
            reader(text)
        assert "\n" not in str(caught.value)


# --- prices ---

TIERS = (Tier(0.09, 10), Tier(0.05, 30), Tier(0.02))


@pytest.mark.parametrize(("gigabytes", "price"), [(0, 0), (10, 0.9), (30, 1.9), (80, 2.9)])
def test_each_tier_has_its_price(gigabytes: float, price: float) -> None:
    assert graded(gigabytes, TIERS) == pytest.approx(price)


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_more_traffic_costs_more_and_never_above_the_first_price(one: float, more: float) -> None:
    less, all_ = graded(one, TIERS), graded(one + more, TIERS)
    assert less <= all_ <= less + 0.09 * more + 1e-6


BROKEN = [
    ("", "missing required field"),
    ("currency = \n", "TOML|line 1|Invalid"),
    ("core_factor = 0\n", "core_factor"),
    ("nonsense = 1\n", "nonsense"),
]


@pytest.mark.parametrize(("change", "said"), BROKEN)
def test_a_broken_price_file_gets_one_line(tmp_path: Path, change: str, said: str) -> None:
    path = tmp_path / "prices.toml"
    kept = "" if not change else prices.SHIPPED.read_text().replace("core_factor = 1.0\n", "")
    path.write_text(change + kept)
    with pytest.raises(BadPrices, match=said) as caught:
        prices.load(path)
    assert "accepted is" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("bound", ["", "up_to_gb = 50_000\n"])
def test_tiers_grow_and_only_the_last_has_no_end(tmp_path: Path, bound: str) -> None:
    path = tmp_path / "prices.toml"
    path.write_text(prices.SHIPPED.read_text().replace("up_to_gb = 10_000\n", bound))
    with pytest.raises(BadPrices, match="only the last has none"):
        prices.load(path)


# --- what a result says ---


def test_the_barest_variant_comes_first_and_cpu_is_the_median_of_rounds() -> None:
    assert list(found()) == ["none", "upstream-redis", "edge", "everything"]
    assert found()["none"].cpu_ms["web"] == pytest.approx(20.4)


def test_a_run_that_is_invalid_is_left_out_with_its_reason() -> None:
    bad = run("edge", EDGE, ("off", "on", "on"), flags=(Flag("failures", "9 failed", "look"),))
    fast = run("edge", EDGE, ("off", "on", "on"), flags=(Flag("generator", "busy", "look"),))
    kept, said = variants([bad, fast])
    assert kept[0].rounds == 1
    assert said == ["round 1 of edge is left out: 9 failed"]
    with pytest.raises(NothingMeasured, match="9 failed"):
        variants([bad])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"cpu_ms": {}}, "no CPU"),
        ({"load": Load(requests=0, failures=0, requests_per_second=0, elapsed=1)}, "no page"),
    ],
)
def test_a_run_without_what_is_needed_says_what_it_lacks(changes: Any, said: str) -> None:
    with pytest.raises(NothingMeasured, match=said):
        variants([msgspec.structs.replace(quick()[0], **changes)])


# --- demand ---


def test_the_cores_of_a_peak_are_its_requests_times_their_cpu() -> None:
    none = found()["none"]
    asked = demand(traffic(), none)
    requests = 300 * REQUESTS / 800
    assert asked.requests == pytest.approx(requests)
    assert asked.kinds == pytest.approx(
        {"pages": 240, "members": 60, "writes": 7.5, "objects": 67.5}
    )
    assert asked.cores["web"] == pytest.approx(requests * 0.0204)
    assert set(asked.cores) == {"balancer", "web", "database"}, "no layer, so no machine of one"
    assert asked.fetches == pytest.approx(300 * 180 / 800)


def test_the_edge_carries_all_requests_and_the_site_those_it_let_through() -> None:
    edge = found()["edge"]
    asked = demand(traffic(), edge)
    assert asked.cores["edge"] == pytest.approx(asked.requests * 0.0001224)
    assert asked.site == pytest.approx(300 * (80 + 20) / 800)
    assert asked.fetches == pytest.approx(300 * 9 / 800)


@pytest.mark.parametrize("name", ["none", "upstream-redis", "edge", "everything"])
def test_stating_what_was_measured_changes_nothing(name: str) -> None:
    variant = found()[name]
    own = measured_mix(variant)
    stated = traffic(members=own.members, writes=own.writes, objects=own.objects)
    for role, cores in demand(traffic(), variant).cores.items():
        assert demand(stated, variant).cores[role] == pytest.approx(cores)


@given(st.floats(0.01, 1e5), st.floats(1, 20), st.floats(1, 10))
def test_demand_grows_in_proportion_to_traffic(views: float, peak: float, times: float) -> None:
    for variant in found().values():
        once = demand(traffic(pageviews=views, peak=peak), variant)
        more = demand(traffic(pageviews=views * times, peak=peak), variant)
        for role, cores in once.cores.items():
            assert more.cores[role] == pytest.approx(cores * times)


def test_more_writes_ask_more_of_the_site() -> None:
    edge = found()["edge"]
    few, many = (demand(traffic(writes=each), edge) for each in (1 / 100, 1 / 4))
    assert many.cores["web"] > 2 * few.cores["web"]
    assert many.site - few.site == pytest.approx(300 * (1 / 4 - 1 / 100))


@pytest.mark.parametrize(
    ("stated", "said"), [({"members": 0.2}, "members' pages"), ({"writes": 0.1}, "writes")]
)
def test_what_was_not_measured_is_not_made_up(stated: Any, said: str) -> None:
    with pytest.raises(NotMeasured, match=said):
        demand(traffic(**stated), found(members=0)["edge"])


# --- machines ---


@given(st.floats(0.1, 3000), st.floats(0.05, 0.95), st.integers(0, 5))
def test_the_needed_machines_hold_the_target_and_one_less_would_not(
    views: float, utilisation: float, spare: int
) -> None:
    rules = Rules(utilisation=utilisation, spare=spare, working_set=1e6)
    for variant in found().values():
        for machines in bill(traffic(pageviews=views), variant, PRICES, rules).machines:
            assert machines.utilisation <= utilisation * (1 + 1e-9)
            assert machines.count == machines.needed + spare
            if machines.needed > 1:
                less = machines.utilisation * machines.needed / (machines.needed - 1)
                assert less > utilisation


@given(st.floats(1, 2000), st.floats(1, 3))
def test_more_traffic_never_costs_less(views: float, times: float) -> None:
    for variant in found().values():
        less, more = (
            bill(traffic(pageviews=each), variant, PRICES, Rules()).total
            for each in (views, views * times)
        )
        if less is not None and more is not None:
            assert less <= more + 1e-6


def test_slower_cores_take_more_machines() -> None:
    slower = msgspec.structs.replace(PRICES, core_factor=0.5)
    none = found()["none"]
    one, other = (bill(traffic(), none, each, Rules()).of("web") for each in (PRICES, slower))
    assert one is not None
    assert other is not None
    assert other.needed * other.size.vcpu >= 1.7 * one.needed * one.size.vcpu


def test_a_working_set_is_shared_out_upstream_and_held_whole_at_the_edge() -> None:
    rules = Rules(working_set=40 * GIB, edge_working_set=10 * GIB)
    made = bill(traffic(), found()["everything"], PRICES, rules)
    cache, edge = made.of("cache"), made.of("edge")
    assert cache is not None
    assert edge is not None
    assert cache.needed * cache.size.memory_gib * 0.75 >= 40
    assert edge.size.memory_gib * 0.75 >= 10


def test_what_no_machine_can_do_is_said_and_has_no_price() -> None:
    made = bill(traffic(pageviews=1e6), found()["none"], PRICES, Rules())
    assert made.total is None
    assert "no database machine in the price file has the cores" in made.impossible
    edge = bill(traffic(), found()["edge"], PRICES, Rules(edge_working_set=1e15))
    assert "no edge machine in the price file has the memory" in edge.impossible


def test_a_cdn_takes_the_place_of_the_edges_machines() -> None:
    made = bill(traffic(), found()["everything"], PRICES, Rules(edge="cdn"))
    assert made.of("edge") is None
    assert made.month["CDN requests"] == pytest.approx(
        100 * units.PER["month"] * REQUESTS / 800 / 1e6
    )
    assert (
        bill(traffic(), found()["none"], PRICES, Rules(edge="cdn")).month
        == bill(traffic(), found()["none"], PRICES, Rules()).month
    )


# --- layers ---


def worths(asked: Traffic, shown: dict[str, Variant]) -> dict[str, Any]:
    rules = Rules()
    return {
        f"{pair.lacking.name}→{pair.having.name}": layers.worth(
            pair,
            (bill(asked, pair.lacking, PRICES, rules), bill(asked, pair.having, PRICES, rules)),
            asked,
            PRICES,
            rules,
            50e-6,
        )
        for pair in pairs(list(shown.values()))
    }


def test_variants_that_differ_in_a_layer_only_are_compared() -> None:
    assert {name: worth.title for name, worth in worths(traffic(), found()).items()} == {
        "none→upstream-redis": "upstream cache",
        "none→edge": "edge, pages and objects",
        "upstream-redis→everything": "edge, pages and objects",
        "edge→everything": "upstream cache",
    }


def test_another_toggle_or_another_mix_is_no_comparison() -> None:
    shown = list(found().values())
    other = msgspec.structs.replace(shown[0], others={"LAB_TTL": "1"})
    assert not [p for p in pairs([other, *shown[1:]]) if p.lacking is other]
    readers = list(found(members=0).values())
    assert not list(pairs([shown[0], readers[1]]))


def test_layers_are_only_looked_at_under_one_load(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loads = {"none": "100:1", "upstream-redis": "4:1", "edge": "100:1", "everything": "4:1"}
    names = {(p.lacking.name, p.having.name) for p in pairs(variants(quick(), loads)[0])}
    assert names == {("none", "edge"), ("upstream-redis", "everything")}
    path = folder / "results" / "20250501T1" / "result.json"
    plain = json.loads(path.read_bytes())
    visits = {"mix": "readers", "users": 16}
    plain["plan"] = {
        "variants": [
            {"name": name, "visits": {**visits, "alpha": 0.8 if load == "4:1" else 0.6}}
            for name, load in loads.items()
        ]
    }
    path.write_text(json.dumps(plain))
    out = said(capsys)
    assert "none → edge" in out
    assert "none → upstream-redis" not in out
    assert "measured under several loads" in out


def test_what_visitors_chanced_to_ask_for_is_nobodys_saving() -> None:
    runs = [
        msgspec.structs.replace(
            each,
            spent=Counters(
                counts={
                    **each.spent.counts,
                    "varnish.body_bytes": 10_000_000 if bare else 20_000_000,
                }
            ),
        )
        for each in quick()
        for bare in [each.variant == "none"]
    ]
    assert {variant.weight for variant in variants(runs)[0]} == {17_500_000 / 800}


def test_an_edge_that_answers_everything_leaves_a_cdn_nothing_to_wait_for(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "results" / "20250501T1" / "result.json"
    runs = [
        run("none", NONE, ("off", "off", "off"), members=0),
        run("edge", EDGE, ("off", "on", "on"), (1, 1), members=0),
    ]
    plain = json.loads(path.read_bytes())
    path.write_bytes(msgspec.json.encode({**plain, "runs": runs}))
    made = json.loads(said(capsys, "--json", "--edge", "cdn"))
    assert set(made["checked"]) == {"none"}


def test_a_result_that_is_invalid_as_a_whole_is_planned_from_by_nobody(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "results" / "20250501T1" / "result.json"
    plain = json.loads(path.read_bytes())
    path.write_text(json.dumps({**plain, "spoilt": ["postgres-1: the added delay was gone"]}))
    assert cli.main(["--pageviews", "10M/day"], TODAY) == 1
    assert "is INVALID: postgres-1: the added delay was gone" in capsys.readouterr().err


def test_where_the_traffic_cant_be_bought_without_a_layer_it_pays_from_where_it_can() -> None:
    views = next(
        2.0**power
        for power in range(30)
        if bill(traffic(pageviews=2.0**power), found()["none"], PRICES, Rules()).impossible
    )
    worth = worths(traffic(pageviews=views), found())["none→upstream-redis"]
    assert worth.verdict == "can't be bought without it"
    assert worth.break_even is not None
    assert 0 < worth.break_even <= 0.9


def test_objects_without_their_bytes_are_warned_of(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "--objects changes no bytes" in said(capsys, "--objects", "10")
    assert "--objects changes no bytes" not in said(capsys, "--objects", "10", "--weight", "70kB")


@pytest.mark.parametrize("views", [2.0, 50.0, 400.0])
def test_what_a_layer_is_worth_is_the_difference_of_two_bills(views: float) -> None:
    asked = traffic(pageviews=views)
    for name, worth in worths(asked, found()).items():
        before, after = (bill(asked, found()[n], PRICES, Rules()).total for n in name.split("→"))
        assert worth.net == pytest.approx((before or 0) - (after or 0))
        assert worth.net == pytest.approx(worth.saved - worth.own)


def test_a_layer_that_costs_more_than_it_saves_is_said_to() -> None:
    # At two page views a second, one small machine is enough for all.
    small = worths(traffic(pageviews=2), found())
    assert small["none→upstream-redis"].verdict == "costs more than it saves"
    assert small["none→upstream-redis"].break_even is None
    large = worths(traffic(pageviews=400), found())
    assert large["none→upstream-redis"].verdict == "saves"
    assert 0 < large["none→upstream-redis"].break_even < 0.9


def test_at_its_break_even_a_layer_pays_and_just_below_it_does_not() -> None:
    asked, rules = traffic(pageviews=200), Rules()
    for pair in pairs(list(found().values())):
        without, having = (bill(asked, v, PRICES, rules) for v in (pair.lacking, pair.having))
        worth = layers.worth(pair, (without, having), asked, PRICES, rules, 50e-6)
        if not worth.break_even:
            continue
        between = Between(pair, without.demand, having.demand, 50e-6)
        paid = [
            layers.billed(pair.having, between.at(ratio), asked, PRICES, rules).total
            for ratio in (worth.break_even, worth.break_even - 1 / layers.STEPS)
        ]
        assert paid[0] <= without.total < paid[1]


def test_between_no_hit_and_the_measured_ratio_lie_both_measurements() -> None:
    shown = found()
    (pair,) = (p for p in pairs(list(shown.values())) if p.having.name == "edge")
    without, having = (demand(traffic(), v) for v in (pair.lacking, pair.having))
    between = Between(pair, without, having, 50e-6)
    assert between.measured == pytest.approx((720 + 171) / 980)
    at_measured = between.at(between.measured or 0)
    assert at_measured.cores == pytest.approx(having.cores)
    at_none = between.at(0)
    assert at_none.cores["web"] == pytest.approx(without.cores["web"])
    assert at_none.fetches == pytest.approx(without.fetches)


@given(st.floats(0.0001, 0.01))
def test_the_dearer_a_lookup_the_later_its_cache_pays(lookup: float) -> None:
    shown = found()
    (pair,) = (p for p in pairs(list(shown.values())) if p.having.name == "upstream-redis")
    ours = tuple(demand(traffic(), v) for v in (pair.lacking, pair.having))
    cheap, dear = (Between(pair, *ours, each).even_cpu() for each in (lookup, 2 * lookup))
    assert cheap is not None
    # By hand: h (own + l) / (without + l - with), in ms of CPU for a request.
    spared = 1.02 * (20.0 + 2.0 - 4.0 - 0.2) + 2000 * lookup
    assert cheap == pytest.approx(0.9 * (1.02 * 0.1 + 2000 * lookup) / spared)
    assert dear is None or dear >= cheap


def test_a_layer_that_served_nothing_has_no_break_even() -> None:
    shown = found()
    idle = msgspec.structs.replace(shown["upstream-redis"], upstream_hits=None)
    worth = worths(traffic(), shown | {"upstream-redis": idle})["none→upstream-redis"]
    assert worth.break_even is None
    assert worth.break_even_cpu is None


def test_a_difference_within_chance_is_not_sold_as_one() -> None:
    shown = found()
    assert worths(traffic(), shown)["none→upstream-redis"].doubt == ""
    for webs, doubt in (
        ((21.0, 23.0), "no difference seen in CPU"),
        ((40.0, 10.0), "the rounds differ too much to tell"),
    ):
        runs = [run("none", NONE, ("off", "off", "off"), round_=number) for number in (1, 2)]
        runs += [
            run(
                "upstream-redis", REDIS | {"web": web}, ("redis", "off", "off"), (0, 0), 0.9, number
            )
            for number, web in enumerate(webs, 1)
        ]
        both = {variant.name: variant for variant in variants(runs)[0]}
        assert worths(traffic(), both)["none→upstream-redis"].doubt == doubt


# --- queueing ---


def test_erlang_c_is_what_tables_say() -> None:
    assert queueing.erlang_c(1, 0.5) == pytest.approx(0.5)
    assert queueing.erlang_c(2, 1.0) == pytest.approx(1 / 3)
    assert queueing.erlang_b(10, 5.0) == pytest.approx(0.018385, abs=1e-6)
    assert queueing.mean_wait(1, 0.5, 2.0) == pytest.approx(2.0)


@given(st.integers(1, 200), st.floats(0.01, 0.99), st.floats(1e-4, 10))
def test_waits_grow_with_the_load_and_end_where_it_is_too_much(
    servers: int, share: float, service: float
) -> None:
    load = share * servers
    assert 0 <= queueing.erlang_c(servers, load) <= 1
    assert queueing.mean_wait(servers, load * 0.9, service) <= queueing.mean_wait(
        servers, load, service
    )
    assert queueing.mean_wait(servers, servers, service) == float("inf")
    p50, p99 = (queueing.wait_quantile(servers, load, service, q) for q in (0.5, 0.99))
    assert p50 <= p99


SEEDS = range(8)

OFF = 0.15
"""How far means of eight simulations may be from Erlang's: three of their standard errors at 80 %."""

QUEUES = [(1, 0.5, 0.01), (2, 0.6, 0.033), (8, 0.8, 0.002), (30, 0.8, 0.033)]


@pytest.mark.parametrize(("servers", "busy", "service"), QUEUES)
def test_the_simulation_agrees_with_erlang(servers: int, busy: float, service: float) -> None:
    load = busy * servers
    way = [Stop("web", 1.0, service, servers)]
    seen = [simulate(way, load / service, seed, 15_000) for seed in SEEDS]
    assert fmean(each.utilisation["web"] for each in seen) == pytest.approx(busy, rel=0.03)
    assert fmean(each.mean_wait["web"] for each in seen) == pytest.approx(
        queueing.mean_wait(servers, load, service), rel=OFF
    )
    assert fmean(each.p99_wait for each in seen) == pytest.approx(
        queueing.wait_quantile(servers, load, service, 0.99), rel=OFF
    )


def test_what_the_edge_answers_never_reaches_the_web_servers() -> None:
    way = [Stop("edge", 1.0, 0.001, 2), Stop("web", 0.5, 0.02, 8)]
    seen = [simulate(way, 600, seed, 15_000) for seed in SEEDS]
    assert fmean(each.utilisation["edge"] for each in seen) == pytest.approx(0.3, rel=0.03)
    assert fmean(each.utilisation["web"] for each in seen) == pytest.approx(0.75, rel=0.03)
    # A Poisson stream that is split by chance stays one: Erlang holds behind the edge, too.
    assert fmean(each.mean_wait["web"] for each in seen) == pytest.approx(
        queueing.mean_wait(8, 6.0, 0.02), rel=OFF
    )


def test_the_same_seed_gives_the_same_result_and_another_another() -> None:
    way = [Stop("web", 1.0, 0.01, 2)]
    one, again, other = (simulate(way, 100, seed, 3000) for seed in (1, 1, 2))
    assert one == again
    assert one != other


def test_the_way_has_every_role_and_its_share_of_the_requests() -> None:
    made = bill(traffic(), found()["everything"], PRICES, Rules())
    way = stops(made)
    assert [stop.name for stop in way] == ["edge", "balancer", "web", "cache", "database"]
    assert way[1].chance == pytest.approx(made.demand.site / made.demand.requests)
    reached = made.demand.requests
    for stop in way:
        reached *= stop.chance
        assert reached * stop.service == pytest.approx(made.demand.cores[stop.name])


# --- the command line ---


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place with two results, of which the later one is the quick comparison."""
    monkeypatch.chdir(tmp_path)
    machine = Machine("Fake CPU", 2, 4096, "x86_64", "6.1", "Debian", "27")
    for name, runs in (("20250430T1", quick()[:1]), ("20250501T1", quick())):
        place = tmp_path / "results" / name
        place.mkdir(parents=True)
        source = Source(created="2025-05-01T10:00:00+00:00", machine=machine, runs=runs)
        (place / "result.json").write_bytes(msgspec.json.encode(source))
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.main(["--pageviews", "10M/day", *arguments], TODAY) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(("option", "name"), [("--markdown", "plan.md"), (None, "plan.txt")])
def test_the_plan_is_the_golden_one(
    folder: Path, capsys: pytest.CaptureFixture[str], option: str | None, name: str
) -> None:
    """A changed figure is a decision: look at the difference, then write the file anew."""
    out = said(capsys, *([option] if option else []))
    assert [line.rstrip() for line in out.splitlines()] == (GOLDEN / name).read_text().splitlines()


def test_the_json_holds_the_figures_of_the_tables(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = json.loads(said(capsys, "--json", "--peak", "4"))
    assert made["result"] == "20250501T1"
    assert [bill["variant"] for bill in made["bills"]] == list(found())
    assert made["traffic"]["peak"] == 4
    assert {"what", "value", "origin"} == set(made["assumptions"][0])
    assert set(made["checked"]) == set(found())


def test_every_option_that_was_given_is_named_as_the_origin(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = {
        "peak": "4", "members": "30%", "writes": "30:1", "objects": "2", "weight": "70kB",
        "target-utilisation": "50%", "spare": "2", "working-set": "3GiB",
        "edge-working-set": "5GiB", "edge": "cdn", "lookup": "0.1ms", "max-wait": "50ms",
        "core-factor": "0.7",
    }  # fmt: skip
    given_ = [text for name, value in options.items() for text in (f"--{name}", value)]
    made = json.loads(said(capsys, "--json", *given_))
    by_origin = {each["origin"]: each["value"] for each in made["assumptions"]}
    for name, value in options.items():
        assert by_origin[f"--{name}"] in (value, f"{0.7:g}")


def test_a_plan_that_makes_requests_wait_is_warned_of(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = said(capsys, "--target-utilisation", "99%", "--max-wait", "1ms")
    assert "lower --target-utilisation" in out
    assert "above 1 ms" in out


def test_old_prices_are_warned_of(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--pageviews", "10M/day"], datetime.date(2027, 1, 1)) == 0
    assert "the prices are of 2025-01-01, 24 months ago" in capsys.readouterr().out


def test_a_result_is_named_by_its_folder_or_its_file(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = folder / "results" / "20250430T1"
    by_file = said(capsys, "--result", str(place / "result.json"))
    assert said(capsys, "--result", str(place)) == by_file
    assert place.name in by_file


REFUSED = [
    (["--pageviews", "many"], 2, "accepted are rates"),
    ([], 2, "required: --pageviews"),
    (["--pageviews", "1/s", "--peak", "0"], 2, "accepted are numbers from 1 to 1000"),
    (["--pageviews", "1/s", "--prices", "none.toml"], 2, "accepted is a file like prices.toml"),
    (["--pageviews", "1/s", "--result", "none.json"], 1, "accepted is a folder or a result.json"),
    (["--pageviews", "1/s", "--result", "results"], 1, "results/result.json: No such file"),
    (["--pageviews", "1/s", "--edge", "moon"], 2, "choose from"),
    (["--pageviews", "1/s", "--json", "--markdown"], 2, "not allowed with argument --json"),
]


@pytest.mark.parametrize(("arguments", "code", "line"), REFUSED)
def test_bad_input_gets_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, line: str
) -> None:
    try:
        ended: Any = cli.main(arguments, TODAY)
    except SystemExit as exit_:
        ended = exit_.code
    error = capsys.readouterr().err
    assert ended == code
    assert line in error
    assert error.startswith("plan: ")
    assert error.count("\n") == 1


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff", b'{"created": 1}'])
def test_what_is_no_result_gets_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    (folder / "odd.json").write_bytes(content)
    assert cli.main(["--pageviews", "1/s", "--result", "odd.json"], TODAY) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("raised", "code", "line"),
    [
        (KeyboardInterrupt(), 130, ""),
        (BrokenPipeError(), 0, ""),
        (
            OSError(ENOSPC, "No space left on device"),
            1,
            "plan: the plan could not be written: No space",
        ),
    ],
)
def test_a_plan_that_can_not_be_told_ends_quietly(
    folder: Path, monkeypatch: pytest.MonkeyPatch, raised: BaseException, code: int, line: str
) -> None:
    told = io.StringIO()
    monkeypatch.setattr(sys, "stderr", told)
    with (folder / "out").open("w") as out:
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(cli, "write", Mock(side_effect=raised))
        assert cli.main(["--pageviews", "1/s"], TODAY) == code
    assert told.getvalue().startswith(line)
    assert told.getvalue().count("\n") == bool(line)


def test_the_newest_result_is_told_by_its_date_and_not_by_its_name(tmp_path: Path) -> None:
    for name, text in (
        ("20250501T1-layers", b'{"created": "2025-05-01T10:00:00+00:00"}'),
        ("before-the-change", b'{"created": "2024-12-31T10:00:00+00:00"}'),
        ("broken", b"{"),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "result.json").write_bytes(text)
    assert newest(tmp_path).parent.name == "20250501T1-layers"


def test_without_a_result_it_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["--pageviews", "1/s"], TODAY) == 1
    assert "./scripts/lab bench --quick" in capsys.readouterr().err
