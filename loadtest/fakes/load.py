"""A load without Locust: so many requests, as fast as the fake stack's toggles allow."""

from __future__ import annotations

from random import Random

from bench.counters import Counters
from bench.load import Snapshot
from bench.result import Kind, Latency, Load, Plan, Truth, Visits
from fakes.stack import FakeStack

RATES = {"none": 120.0, "upstream": 500.0, "pages": 1900.0}


class FakeLoad:
    """Asks the fake stack. `stops_at`: Ctrl-C comes in that run, counted from 1."""

    def __init__(self, stack: FakeStack, stops_at: int = 0) -> None:
        self.stack = stack
        self.stops_at = stops_at
        self.runs = 0
        self.stopped = False

    def run(
        self, plan: Plan, visits: Visits, seed: int, snapshot: Snapshot
    ) -> tuple[Load, Counters, Counters]:
        self.runs += 1
        if self.runs == self.stops_at:
            raise KeyboardInterrupt
        before = snapshot(False)
        rate = (visits.rate or self._rate()) * Random(seed + self.runs).uniform(0.97, 1.03)
        requests = int(rate * plan.measure)
        assets = requests // 4
        pages = requests - assets
        self.stack.serve(pages, assets)
        after = snapshot(True)
        toggles = self.stack.toggles
        hits = (
            pages - pages // 50 if toggles.get("LAB_EDGE_PAGES") == "on" else 0,
            assets if toggles.get("LAB_EDGE_ASSETS") == "on" else 0,
        )
        by_age = toggles.get("LAB_FRESHNESS") == "ttl"
        load = _load(plan.measure, visits, (pages, assets), hits, rate / 2000, by_age)
        return load, before, after

    def stop(self) -> None:
        self.stopped = True

    def _rate(self) -> float:
        if self.stack.toggles.get("LAB_EDGE_PAGES") == "on":
            return RATES["pages"]
        return RATES["none" if self.stack.toggles.get("LAB_UPSTREAM") == "off" else "upstream"]


def _load(
    seconds: float,
    visits: Visits,
    asked: tuple[int, int],
    hits: tuple[int, int],
    busy: float,
    by_age: bool,
) -> Load:
    """asked, hits: of pages and of objects. by_age: what is kept dies by age alone."""
    pages, assets = asked
    requests = pages + assets
    # Little's law; what an open loop has under way doesn't matter here.
    each = 1e6 * (visits.users or 1) * seconds / requests
    histogram = {int(each * share): requests // 4 for share in (0.5, 0.8, 1.0, 2.0)}
    ordered = sorted(histogram)
    return Load(
        requests=requests,
        failures=0,
        requests_per_second=requests / seconds,
        elapsed=seconds,
        rate=visits.rate,
        bytes=requests * 9000,
        kinds={
            "page/post": Kind(ok=pages, failed=0, bytes=pages * 9000, edge_hits=hits[0]),
            "asset/image": Kind(ok=assets, failed=0, bytes=assets * 9000, edge_hits=hits[1]),
        },
        latency_ms=Latency(*(ordered[i] / 1000 for i in (0, 1, 2, 3, 3))),
        histogram_us={str(edge): count for edge, count in histogram.items()},
        cpu_seconds=busy * seconds,
        core_share=busy,
        truth=Truth(
            writes=10,
            checked=400,
            stale=120 if by_age else 0,
            stalest=9.5 if by_age else 0.0,
            leak_checks=requests,
        ),
    )
