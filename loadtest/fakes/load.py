"""A load without Locust: so many requests, as fast as the fake stack's toggles allow."""

from __future__ import annotations

from collections import Counter
from random import Random

from bench.counters import Counters
from bench.load import Snapshot
from bench.result import Kind, Latency, Load, Plan, Second, Truth, Visits, Worker
from fakes.stack import FakeStack
from users.histogram import bucket, quantiles

RATES = {"none": 120.0, "upstream": 500.0, "pages": 1900.0}


class FakeLoad:
    """Asks the fake stack. `stops_at`: Ctrl-C comes in that run, counted from 1. `begun`: how often the stack
    had been switched when each run began, `under_way` the run that has begun and was not stopped."""

    def __init__(self, stack: FakeStack, stops_at: int = 0) -> None:
        self.stack = stack
        self.stops_at = stops_at
        self.runs = 0
        self.stopped = False
        self.begun: list[int] = []
        self.under_way: tuple[Visits, int] | None = None

    def begin(self, plan: Plan, visits: Visits, seed: int) -> None:
        self.begun.append(self.stack.calls.count("switch"))
        self.under_way = visits, seed

    def run(
        self, plan: Plan, visits: Visits, seed: int, snapshot: Snapshot
    ) -> tuple[Load, Counters, Counters]:
        self.under_way = visits, seed
        self.runs += 1
        if self.runs == self.stops_at:
            raise KeyboardInterrupt
        before = snapshot(False)
        most = self._rate() * Random(seed + self.runs).uniform(0.97, 1.03)
        rate = most if visits.rate is None else min(most, visits.rate)
        requests = int(rate * plan.measure)
        assets = requests // 4
        pages = requests - assets
        self.stack.serve(pages, assets, round(plan.measure))
        after = snapshot(True)
        toggles = self.stack.toggles
        hits = (
            pages - pages // 50 if toggles.get("LAB_EDGE_PAGES") == "on" else 0,
            assets if toggles.get("LAB_EDGE_ASSETS") == "on" else 0,
        )
        by_age = toggles.get("LAB_FRESHNESS") == "ttl"
        load = _load(plan, visits, (pages, assets), hits, rate / 2000, by_age)
        return load, before, after

    def stop(self) -> None:
        self.stopped = True
        self.under_way = None

    def _rate(self) -> float:
        if self.stack.toggles.get("LAB_EDGE_PAGES") == "on":
            return RATES["pages"]
        return RATES["none" if self.stack.toggles.get("LAB_UPSTREAM") == "off" else "upstream"]


def _load(
    plan: Plan,
    visits: Visits,
    asked: tuple[int, int],
    hits: tuple[int, int],
    busy: float,
    by_age: bool,
) -> Load:
    """asked, hits: of pages and of objects. A visit is one request. by_age: what is kept dies by age."""
    pages, assets = asked
    requests = pages + assets
    each = 1e6 * visits.users * plan.measure / requests
    histogram: Counter[int] = Counter()
    for share in (0.5, 0.8, 1.0, 2.0):
        histogram[bucket(each * share)] += requests // 4
    due = requests if visits.rate is None else int(visits.rate * plan.measure)
    return Load(
        requests=requests,
        failures=0,
        requests_per_second=requests / plan.measure,
        elapsed=plan.measure,
        bytes=requests * 9000,
        kinds={
            "page/post": Kind(ok=pages, failed=0, bytes=pages * 9000, edge_hits=hits[0]),
            "asset/image": Kind(ok=assets, failed=0, bytes=assets * 9000, edge_hits=hits[1]),
        },
        latency_ms=Latency(**quantiles(histogram)),
        histogram_us={str(edge): count for edge, count in sorted(histogram.items())},
        cpu_seconds=busy * plan.measure,
        core_share=busy / plan.workers,
        rate=visits.rate,
        starts=0 if visits.rate is None else due,
        missed=due - requests,
        late_ms=Latency() if visits.rate is None else Latency(0.1, 0.8, 1.4, 1.5, 2.0),
        workers=_workers(plan.workers, requests, busy),
        truth=Truth(
            writes=10,
            checked=400,
            stale=120 if by_age else 0,
            stalest=9.5 if by_age else 0.0,
            leak_checks=requests,
        ),
        seconds=_seconds(plan.measure, requests, sum(hits), quantiles(histogram)["p99"]),
    )


def _workers(many: int, requests: int, busy: float) -> list[Worker]:
    """As if the load were shared out evenly."""
    parts = _shares(requests, many)
    return [Worker(f"local-{at + 1}", busy / many, part) for at, part in enumerate(parts)]


def _seconds(measure: float, requests: int, hits: int, p99: float) -> list[Second]:
    many = max(1, int(measure))
    parts = zip(_shares(requests, many), _shares(hits, many), strict=True)
    return [
        Second(at, asked, edge_hits=kept, edge_asked=asked, p99_ms=p99)
        for at, (asked, kept) in enumerate(parts)
    ]


def _shares(whole: int, many: int) -> list[int]:
    return [whole // many + (number < whole % many) for number in range(many)]
