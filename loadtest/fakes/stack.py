"""A stack without containers: its counters follow from the toggles and the requests it was told of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from bench.counters import Counters
from bench.network import NetworkFailed
from bench.result import Machine, Plan
from bench.schedule import sizes
from bench.stack import StackFailed

# CPU ms per request of each service when nothing is cached.
UNCACHED = {"varnish": 0.07, "nginx": 0.3, "web": 8.0, "postgres": 0.7}


class FakeStack:
    """`calls` is what it was told, in order, `posts` the databases it was switched to. `broken` names
    toggles under which it fails to start; `nearby`: nothing can be put further away."""

    def __init__(self, broken: Mapping[str, str] | None = None, nearby: bool = False) -> None:
        self.calls: list[str] = []
        self.posts: list[int] = []
        self.toggles: dict[str, str] = {}
        self.broken = broken
        self.nearby = nearby
        self.spent = Counters(cpu_ns=dict.fromkeys(UNCACHED, 0), counts={})

    def open(self) -> None:
        self.calls.append("open")

    def prepare(self, plan: Plan, say: Callable[[str], None]) -> None:
        for posts in sizes(plan):
            say(f"seeding {posts}")
            self.calls.append(f"seed {posts}")

    @contextmanager
    def further_away(self, rtt_ms: Mapping[str, float]) -> Iterator[None]:
        if not rtt_ms:
            yield
            return
        if self.nearby:
            raise NetworkFailed("this kernel has no sch_netem")
        self.calls.append(f"further away {rtt_ms}")
        yield
        self.calls.append("as near as before")

    def switch(self, toggles: Mapping[str, str], posts: int = 0) -> None:
        self.posts.append(posts)
        if self.broken == dict(toggles):
            raise StackFailed("docker compose up failed: it is broken")
        self.toggles = dict(toggles)
        self.calls.append("switch")
        self.spent = Counters(
            cpu_ns=dict.fromkeys(UNCACHED, 0),
            counts=dict.fromkeys(
                (
                    "varnish.requests",
                    "varnish.fetched_pages",
                    "varnish.fetched_objects",
                    "redis.hits",
                    "redis.misses",
                    "memcached.hits",
                    "memcached.misses",
                ),
                0,
            ),
        )

    def pin(self) -> str | None:
        return None

    def pin_load(self, container: str) -> None:
        self.calls.append("pin_load")

    def serve(self, pages: int, assets: int) -> None:
        """As if it had answered so many."""
        kept = self.toggles.get("LAB_EDGE_PAGES") == "on"
        fetched = pages // 50 if kept else pages
        store = self.toggles.get("LAB_UPSTREAM", "off")
        cheaper = 0.25 if store in ("redis", "memcached") else 1.0
        counts = dict(self.spent.counts)
        counts["varnish.requests"] += pages + assets
        counts["varnish.fetched_pages"] += fetched
        counts["varnish.fetched_objects"] += (
            0 if self.toggles["LAB_EDGE_ASSETS"] == "on" else assets
        )
        if store in ("redis", "memcached"):
            counts[f"{store}.hits"] += 9 * fetched
            counts[f"{store}.misses"] += fetched
        cpu = dict(self.spent.cpu_ns)
        for service, ms in UNCACHED.items():
            times = pages + assets if service == "varnish" else fetched * cheaper
            cpu[service] += int(ms * 1e6 * times)
        self.spent = Counters(cpu_ns=cpu, counts=counts)

    def counters(self, ending: bool = False) -> Counters:
        return self.spent

    def machine(self) -> Machine:
        return Machine(
            cpu="Fake CPU",
            cores=2,
            memory_mib=4096,
            architecture="x86_64",
            kernel="6.1",
            system="Debian",
            engine="27",
        )

    def versions(self) -> dict[str, str]:
        return {"varnish": "7.7.0", "django": "5.2"}

    def restore(self) -> None:
        self.toggles = {}
        self.calls.append("restore")
