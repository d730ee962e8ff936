"""A whole result without a stack, the same for the same arguments: every part of the schema is filled, and
the figures are of the sizes that a small machine gives."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from random import Random

from bench.counters import Counters
from bench.levelling import SENSITIVITY
from bench.result import (
    Account,
    Flag,
    Health,
    Kind,
    Latency,
    Load,
    Machine,
    Pair,
    Plan,
    Result,
    Revision,
    Run,
    Second,
    Speed,
    Truth,
    Variant,
    Visits,
    Worker,
)
from users.histogram import bucket, percentile

VISITS = Visits(mix="readers", users=16, pages=300)

OFF = {"LAB_UPSTREAM": "off", "LAB_EDGE_PAGES": "off", "LAB_EDGE_ASSETS": "off"}

STATES: dict[str, tuple[str, str, dict[str, str]]] = {
    "none": ("no cache", "Nothing is cached; every layer is still in the path.", {}),
    "upstream-redis": (
        "Upstream cache in Redis",
        "Django keeps values and fragments in Redis.",
        {"LAB_UPSTREAM": "redis"},
    ),
    "upstream-memcached": (
        "Upstream cache in Memcached",
        "The same, kept in Memcached.",
        {"LAB_UPSTREAM": "memcached"},
    ),
    "edge-pages": (
        "Varnish keeping pages",
        "Varnish keeps anonymous pages.",
        {"LAB_EDGE_PAGES": "on"},
    ),
    "edge-assets": (
        "Varnish keeping static files and media",
        "Varnish keeps the bucket's objects.",
        {"LAB_EDGE_ASSETS": "on"},
    ),
    "everything": (
        "Everything together",
        "Redis upstream, Varnish downstream.",
        {"LAB_UPSTREAM": "redis", "LAB_EDGE_PAGES": "on", "LAB_EDGE_ASSETS": "on"},
    ),
    "everything-by-age": (
        "Everything, dying by age alone",
        "The same, and entries live for LAB_TTL whatever is written.",
        {
            "LAB_UPSTREAM": "redis",
            "LAB_EDGE_PAGES": "on",
            "LAB_EDGE_ASSETS": "on",
            "LAB_FRESHNESS": "ttl",
        },
    ),
    "everything-but-upstream": (
        "",
        "Everything, without the upstream cache.",
        {"LAB_EDGE_PAGES": "on", "LAB_EDGE_ASSETS": "on"},
    ),
}
"""By name: title, sentence, toggles beside OFF."""

PAIRS = (
    *(
        Pair(name, "none", title or name)
        for name, (title, _, _) in STATES.items()
        if name != "none"
    ),
    Pair("everything", "everything-but-upstream", "the upstream cache"),
)

UNCACHED = {"varnish": 0.07, "nginx": 0.3, "web": 8.0, "postgres": 0.7, "minio": 0.4}
"""CPU ms per request when nothing is cached."""


PIECE_MS = 1.2
"""What the yardstick's piece of work costs at the machine's usual speed."""


def variant(name: str) -> Variant:
    title, sentence, toggles = STATES[name]
    return Variant(name, sentence, {**OFF, **toggles}, VISITS, title=title)


def result(
    names: Sequence[str] = tuple(STATES), rounds: int = 3, seed: int = 1, slower: float = 1.0
) -> Result:
    """`slower` multiplies the CPU that Django spends; the seed sets by how much rounds differ."""
    random = Random(f"result {seed}")
    plan = Plan(
        name="layers",
        question="What is each layer worth to readers without an account?",
        variants=tuple(variant(name) for name in names),
        baseline=names[0],
        pairs=tuple(pair for pair in PAIRS if {pair.ours, pair.against} <= set(names)),
        rounds=rounds,
        warm=20,
        measure=12,
        seed=seed,
    )
    return Result(
        created="2026-11-25T10:00:00+00:00",
        plan=plan,
        machine=Machine("Fake CPU", 2, 4096, "x86_64", "6.1", "Debian", "27"),
        revision=Revision("0123456789abcdef0123456789abcdef01234567", False),
        versions={"varnish": "7.7.0", "django": "5.2"},
        command=f"./scripts/lab bench layers --rounds {rounds} --seed {seed}",
        experiment='name = "layers"\nquestion = "What is each layer worth?"\n',
        complete=True,
        runs=[
            run(variant(name), number, random, slower)
            for number in range(1, rounds + 1)
            for name in names
        ],
    )


def run(of: Variant, number: int, random: Random, slower: float = 1.0) -> Run:
    """One run. Chance moves its figures by a few per cent."""
    pages_kept, objects_kept = (
        of.toggles[f"LAB_EDGE_{what}"] == "on" for what in ("PAGES", "ASSETS")
    )
    store = of.toggles["LAB_UPSTREAM"]
    fetched_pages = 0.75 * (0.02 if pages_kept else 1.0)
    fetched_objects = 0.25 * (0.0 if objects_kept else 1.0)
    cheaper = 1.0 if store == "off" else 0.2
    cpu = {
        "varnish": UNCACHED["varnish"],
        "nginx": UNCACHED["nginx"] * fetched_pages,
        "web": UNCACHED["web"] * fetched_pages * cheaper * slower,
        "postgres": UNCACHED["postgres"] * fetched_pages * cheaper,
        "minio": UNCACHED["minio"] * fetched_objects,
    } | ({} if store == "off" else {store: 0.1 * fetched_pages})
    cpu = {name: ms * exp(random.gauss(0, 0.02)) for name, ms in cpu.items()}
    limit = 900 / sum(cpu.values())
    rate = min(limit, 1900.0) * exp(random.gauss(0, 0.03))
    load = _load(rate, (pages_kept, objects_kept), of, random, busy=min(rate / 2000, 0.97))
    piece_ms = PIECE_MS * exp(Random(f"{of.name} {number}").gauss(0, 0.03))
    cpu = {name: ms * (piece_ms / PIECE_MS) ** SENSITIVITY for name, ms in cpu.items()}
    counts = {
        "varnish.requests": load.requests + 4,
        "varnish.fetched_pages": round(load.requests * fetched_pages),
        "varnish.fetched_objects": round(load.requests * fetched_objects),
    }
    trips = {} if store == "off" else {f"{store}.round_trips": 1.4 * fetched_pages}
    flags = []
    if load.core_share > 0.8:
        said = f"It used {load.core_share:.0%} of its core, so the throughput is “at least” what is shown"
        advice = "compare the CPU per request, which Locust doesn't limit"
        flags.append(Flag("generator", said, advice, fatal=False))
    return Run(
        round=number,
        variant=of.name,
        started=f"2026-11-25T10:{number:02d}:00+00:00",
        toggles={
            "LAB_FRESHNESS": "invalidate",
            "LAB_TTL": "60",
            "LAB_GENERATED": "on",
            **of.toggles,
        },
        load=load,
        spent=Counters(
            cpu_ns={name: round(ms * 1e6 * load.requests) for name, ms in cpu.items()},
            counts=counts,
        ),
        cpu_ms=cpu,
        speed=Speed(yardstick="fake", piece_ms=piece_ms, pieces=240),
        hit_ratios={
            "pages": 0.98 if pages_kept else 0.0,
            "assets": 1.0 if objects_kept else 0.0,
            **({} if store == "off" else {store: 0.93}),
        },
        per_request={
            "visitor.bytes": 9200.0,
            "nginx.requests": fetched_pages,
            "web.requests": fetched_pages,
            "postgres.queries": 9.0 * fetched_pages * cheaper,
            "minio.requests": fetched_objects,
            **trips,
        },
        accounts=[
            Account(
                hop="visitors → varnish",
                expected=load.requests,
                counted=load.requests + 4,
                explained={"health checks": 4},
                unexplained=0,
                slack=20,
            )
        ],
        health=Health(
            stolen_share=0.004,
            foreign_share=0.01,
            memory_available_mib=2100.0,
            swapped_mib=0.0,
            disk_free_mib=20000.0,
        ),
        flags=flags,
    )


def _load(rate: float, kept: tuple[bool, bool], of: Variant, random: Random, busy: float) -> Load:
    seconds = 12
    each = 1e6 * VISITS.users / rate
    requests = round(rate * seconds)
    # A long tail, as latencies have: a thousand quantiles of it are enough for a histogram.
    histogram: dict[int, int] = {}
    for number in range(1000):
        wait = each * exp(random.gauss(-0.2, 0.5))
        share = requests * (number + 1) // 1000 - requests * number // 1000
        histogram[bucket(wait)] = histogram.get(bucket(wait), 0) + share
    pages = requests - requests // 4
    hits = (round(pages * 0.98) if kept[0] else 0, requests // 4 if kept[1] else 0)
    by_age = of.toggles.get("LAB_FRESHNESS") == "ttl"
    ordered = dict(sorted(histogram.items()))
    return Load(
        requests=requests,
        failures=0,
        requests_per_second=rate,
        elapsed=float(seconds),
        bytes=requests * 9000,
        kinds={
            "page/post": Kind(ok=pages, failed=0, bytes=pages * 9000, edge_hits=hits[0]),
            "asset/image": Kind(ok=requests // 4, failed=0, bytes=0, edge_hits=hits[1]),
        },
        latency_ms=Latency(
            min(ordered) / 1000,
            percentile(ordered, 0.5),
            percentile(ordered, 0.95),
            percentile(ordered, 0.99),
            max(ordered) / 1000,
        ),
        histogram_us={str(edge): count for edge, count in ordered.items() if count},
        cpu_seconds=busy * seconds,
        core_share=busy,
        workers=[Worker("1", busy, requests)],
        seconds=[
            Second(
                at=at,
                requests=round(rate * exp(random.gauss(0, 0.03))),
                edge_hits=round(rate * sum(hits) / requests),
                edge_asked=round(rate),
                p99_ms=percentile(ordered, 0.99) * exp(random.gauss(0, 0.1)),
                cpu={"web": 0.7, "varnish": 0.1, "postgres": 0.1},
            )
            for at in range(seconds)
        ],
        truth=Truth(
            writes=24,
            checked=480,
            stale=31 if by_age else 0,
            stalest=41.5 if by_age else 0.0,
            leak_checks=480,
        ),
    )
