"""A stack without containers: its counters follow from the toggles and the requests it was told of.

Its books balance, unless it is told that somebody `else_asks`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.counters import Counters
from bench.measuring import cores
from bench.measuring.health import Readers, Sampler
from bench.measuring.servers import postgres, varnish
from bench.measuring.speed import Yardstick
from bench.network import NetworkFailed
from bench.result import Machine, Plan, Speed
from bench.schedule import sizes
from bench.stack import StackFailed

# CPU ms per request of each service when nothing is cached.
UNCACHED = {"varnish": 0.07, "nginx": 0.3, "web": 8.0, "postgres": 0.7}

BODY_BYTES = 9200
"""Of an answer, as it goes out."""

QUERIES = 9
"""Of a page that nothing is kept of."""

COUNTED = (
    *("varnish.requests", "varnish.background", "varnish.fetched_pages", "varnish.fetched_objects"),
    "varnish.body_bytes",
    *("nginx.requests", "redis.hits", "redis.misses", "redis.bytes_in", "redis.bytes_out"),
    *("redis.called.mget", "redis.called.ping", "redis.called.info"),
    *("memcached.hits", "memcached.misses", "memcached.gets", "memcached.sets"),
    *(
        "memcached.deletes_done",
        "memcached.deletes_missed",
        "memcached.bytes_in",
        "memcached.bytes_out",
    ),
    *(
        "minio.requests",
        "minio.bytes_out",
        "postgres.queries",
        *(f"postgres.{k}" for k in postgres.KINDS),
    ),
    *("web.requests", "web.health_checks", "web.scrapes", "web.queries", "web.queries_beside"),
    *("web.bucket_calls", "web.purges", "web.redis.mget", "web.redis.trips", "web.memcached.get"),
    *("web.memcached.trips", "relay.queries", "relay.queries_beside", "relay.purges"),
    *("varnish.read_ms", "nginx.read_ms", "postgres.read_ms", "throttled.us"),
    *("machine.all_ms", "machine.others_ms", "machine.stolen_ms"),
)


def calm(proc: Mapping[str, str] | None = None) -> Readers:
    """A machine with nothing else to do. proc: files of /proc that say something else."""
    files = {
        "meminfo": "MemTotal: 8000000 kB\nMemAvailable:    4000000 kB\n",
        "vmstat": "pswpin 0\npswpout 0\n",
        "pressure/memory": "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
        **(proc or {}),
    }
    return Readers(files.get, lambda _: 2**34, lambda: 1000.0, lambda: 10.0, 4096)


class EvenSpeed(Yardstick):
    """A machine whose speed is the stack's `piece_ms` all the time; None where nobody can tell."""

    def __init__(self, stack: FakeStack) -> None:
        super().__init__([], lambda: None)
        self.stack = stack

    def __enter__(self) -> EvenSpeed:
        return self

    def speed(self) -> Speed | None:
        known = self.stack.piece_ms
        return None if known is None else Speed(yardstick="fake", piece_ms=known, pieces=100)


class FakeStack:
    """`calls` is what it was told, in order, `posts` the databases it was switched to. `broken` names
    toggles under which it fails to start; `nearby`: nothing can be put further away. `else_asks`: requests
    of somebody else's that Varnish gets in every run."""

    def __init__(
        self, broken: Mapping[str, str] | None = None, nearby: bool = False, else_asks: int = 0
    ) -> None:
        self.calls: list[str] = []
        self.posts: list[int] = []
        self.toggles: dict[str, str] = {}
        self.broken = broken
        self.nearby = nearby
        self.else_asks = else_asks
        self.piece_ms: float | None = 1.0
        self.readers = calm()
        self.now = 0.0
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
        self.spent = Counters(cpu_ns=dict.fromkeys(UNCACHED, 0), counts=dict.fromkeys(COUNTED, 0))

    def pin(self) -> str | None:
        return None

    def pin_load(self, container: str) -> None:
        self.calls.append("pin_load")

    def serve(self, pages: int, assets: int, seconds: int = 10) -> None:
        """As if it had answered so many, in so long a time."""
        self.now += seconds
        kept = self.toggles.get("LAB_EDGE_PAGES") == "on"
        fetched = pages // 50 if kept else pages
        objects = 0 if self.toggles["LAB_EDGE_ASSETS"] == "on" else assets
        store = self.toggles.get("LAB_UPSTREAM", "off")
        cheaper = 0.25 if store in ("redis", "memcached") else 1.0
        cpu = dict(self.spent.cpu_ns)
        for service, ms in UNCACHED.items():
            times = pages + assets if service == "varnish" else fetched * cheaper
            slower = 1 + float(self.toggles.get("LAB_SLOWDOWN", 0)) if service == "web" else 1.0
            cpu[service] += int(ms * 1e6 * times * slower)
        grown = {
            **_of_the_path(pages + assets + self.else_asks, fetched, objects, seconds),
            **(_of_the_store(store, fetched) if cheaper < 1 else {}),
            **_of_the_database(round(QUERIES * fetched * cheaper), seconds),
            **_of_the_time(seconds),
        }
        counts = {name: number + grown.get(name, 0) for name, number in self.spent.counts.items()}
        self.spent = Counters(cpu_ns=cpu, counts=counts)

    def counters(self, ending: bool = False) -> Counters:
        return self.spent

    def sampler(self) -> Sampler:
        return Sampler(self.readers, ["results"])

    def cores_by_second(self) -> cores.Sampler:
        """Its services are containers with their control groups; an hour between two looks of its own."""
        members = [
            cores.Member(name, f"{number:064x}", number)
            for number, name in enumerate(UNCACHED, start=1)
        ]
        return cores.Sampler(cores.Readers(self._group, lambda: self.now), members, every=3600)

    def yardstick(self, seconds: float) -> Yardstick:
        return EvenSpeed(self)

    def _group(self, path: Path) -> str | None:
        if path.name == "cgroup":
            return f"0::/docker/{int(path.parent.name):064x}\n"
        service = list(UNCACHED)[int(path.parent.name, 16) - 1]
        return f"usage_usec {self.spent.cpu_ns[service] // 1000}\nuser_usec 0\n"

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


def _of_the_path(asked: int, fetched: int, objects: int, seconds: int) -> dict[str, int]:
    checks = seconds // 3
    probes, scrapes = 2 * seconds // 3, seconds // 5
    return {
        "varnish.requests": asked + checks + varnish.SETTLING,
        "varnish.fetched_pages": fetched,
        "varnish.fetched_objects": objects,
        "varnish.body_bytes": BODY_BYTES * asked,
        "nginx.requests": fetched + checks + probes + scrapes + 1,
        "web.requests": fetched,
        "web.health_checks": 12,
        "web.scrapes": 3,
        "minio.requests": objects,
        "minio.bytes_out": 9000 * objects,
    }


def _of_the_store(store: str, fetched: int) -> dict[str, int]:
    """Ten keys are asked for at once, and one of them is not there."""
    keys = 10 * fetched
    command, asked = ("mget", fetched) if store == "redis" else ("get", keys)
    return {
        f"{store}.hits": 9 * fetched,
        f"{store}.misses": fetched,
        f"{store}.bytes_in": 400 * fetched,
        f"{store}.bytes_out": 9000 * fetched,
        f"web.{store}.trips": fetched,
        f"web.{store}.{command}": asked,
        "redis.called.mget" if store == "redis" else "memcached.gets": asked,
        "redis.called.ping": 30,
        "redis.called.info": 6,
    }


def _of_the_database(queries: int, seconds: int) -> dict[str, int]:
    watch = 20 * seconds
    return {
        "web.queries": queries,
        "web.queries_beside": 16 * seconds,
        "relay.queries_beside": 4 * seconds,
        "postgres.queries": queries + watch,
        "postgres.statistics": 4,
    }


def _of_the_time(seconds: int) -> dict[str, int]:
    """Two cores, which do nothing besides."""
    ms = 1000 * seconds
    return {
        **dict.fromkeys(("varnish.read_ms", "nginx.read_ms", "postgres.read_ms"), ms),
        "machine.all_ms": 2 * ms,
    }
