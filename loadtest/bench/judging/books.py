"""The books: at every hop, what was sent by one's count, beside what was got by the other's.

What is known to ask besides is `explained`, and counted: by the server itself (its own kinds of commands), by
Django (its health checks, its purges), or by the clock, for who asks on a timetable. What can't be counted
gets a slack, and what that is made of is said where it is given. What then is left is unexplained: somebody
else uses the stack, a counter is wrong, or requests took a way that nobody thought of. Either way the
counters don't describe the load.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import floor

from bench.counters import Counters
from bench.measuring.servers import postgres, redis, varnish
from bench.result import Account, Flag, Load

AT_REST = 5
READ_SHARE = 0.002
"""Servers are read one after the other, while the stack is at rest but for what ends in the background:
so many of their counts may differ, and such a share of all."""

READING_SECONDS = 2.0
"""All servers are read within this time, before and after together."""


@dataclass(frozen=True)
class Regular:
    """Who asks on a timetable. `every`: seconds from one question to the next; `takes`: what may be added
    to them by a slow answer, where the next is counted from the end of the last."""

    who: str
    every: float
    takes: float = 0.0

    def times(self, seconds: float) -> tuple[int, int]:
        """The least and the most that so long a time can hold."""
        return floor(seconds / (self.every + self.takes)), floor(seconds / self.every) + 1


# compose.yaml (x-often), varnish/backends.vcl (site_alive), services/prometheus/prometheus.yml.
HEALTH_CHECKS = Regular("health checks of its container", 3, 3)
PROBES = Regular("Varnish's probes", 1, 3)
EXPORTER = Regular("its exporter", 5)


def accounts(load: Load, spent: Counters, ours: bool = True, passes: bool = True) -> list[Account]:
    """All hops'. spent: the counters' difference between both ends of what was measured. ours: whether what
    asks Redis and Memcached is this site's library, which counts what it asks; other software doesn't.
    passes: whether nginx hands every request on; what it keeps and answers itself it doesn't count."""
    counts = spent.counts
    return [
        _visitors(load, counts),
        _pages(counts),
        *([_django(counts)] if passes else []),
        *([_redis(counts), _memcached(counts)] if ours else []),
        _queries(counts),
        _objects(counts),
    ]


def flags(books: Iterable[Account]) -> list[Flag]:
    return [Flag("books", _said(each), ADVICE) for each in books if not each.balanced]


ADVICE = (
    "if something else asks this stack, leave it alone while it is measured; else compare the servers' "
    "counters (runs.jsonl, spent.counts)"
)


def _said(account: Account) -> str:
    explained = "".join(f", {number:,} for {who}" for who, number in account.explained.items())
    return (
        f"{account.hop}: {account.expected:,} by one's count and {account.counted:,} by the other's"
        f"{explained}; {account.unexplained:+,} are left, and {account.slack:,} may be"
    )


def _visitors(load: Load, counts: Mapping[str, int]) -> Account:
    kinds = {name: kind for name, kind in load.kinds.items() if name != "visitor/broken"}
    asked = sum(kind.ok + kind.failed for kind in kinds.values())
    failed = sum(kind.failed for kind in kinds.values())
    if not load.kinds:
        asked, failed = load.requests + load.failures, load.failures
    return _account(
        "Locust → Varnish",
        asked,
        counts["varnish.requests"],
        {
            "purges": counts["web.purges"] + counts["relay.purges"],
            "reading this count": varnish.SETTLING,
        },
        [HEALTH_CHECKS],
        _seconds(counts, "varnish"),
        # A request without an answer may have arrived or not.
        slack=failed + _under_way(counts),
    )


def _pages(counts: Mapping[str, int]) -> Account:
    return _account(
        "Varnish → nginx",
        counts["varnish.fetched_pages"],
        counts["nginx.requests"],
        {"reading this count": 1},
        [PROBES, EXPORTER, HEALTH_CHECKS],
        _seconds(counts, "nginx"),
        slack=_under_way(counts),
    )


def _django(counts: Mapping[str, int]) -> Account:
    """nginx sends on what it gets from Varnish; it counts that no other way than with all else."""
    watched = {"health checks": counts["web.health_checks"], "scrapes": counts["web.scrapes"]}
    return _account(
        "nginx → Django",
        counts["varnish.fetched_pages"],
        counts["web.requests"] + sum(watched.values()),
        watched,
        slack=_under_way(counts),
    )


def _redis(counts: Mapping[str, int]) -> Account:
    """By command. Only those that watchers and new connections send explain themselves: any other is
    Django's, or somebody's who has no business there."""
    called = {
        name.removeprefix("redis.called."): number
        for name, number in counts.items()
        if name.startswith("redis.called.")
    }
    pings = called.get("ping", 0)
    watching = sum(called.get(name, 0) for name in redis.WATCHING)
    sent = _sent(counts, "redis", redis.VALUES)
    return _account(
        "Django → Redis",
        sent,
        sum(called.values()),
        {"pings": pings, "watching and connecting": watching},
        slack=_read_apart(sent) + _delivered(counts, "redis", redis.VALUES),
    )


def _memcached(counts: Mapping[str, int]) -> Account:
    """Keys asked for, stored and freed; Memcached counts nothing of who only watches."""
    commands = ("get", "add", "set", "delete")
    names = ("gets", "sets", "deletes_done", "deletes_missed")
    sent = _sent(counts, "memcached", commands)
    return _account(
        "Django → Memcached",
        sent,
        sum(counts[f"memcached.{name}"] for name in names),
        slack=_read_apart(sent) + _delivered(counts, "memcached", commands),
    )


def _queries(counts: Mapping[str, int]) -> Account:
    explained = {kind.replace("_", " "): counts[f"postgres.{kind}"] for kind in postgres.KINDS}
    beside = counts["web.queries_beside"] + counts["relay.queries_beside"]
    sent = counts["web.queries"] + counts["relay.queries"] + beside
    # The watch on the outbox and the relay go on while counters are read.
    seconds = _seconds(counts, "postgres")
    meanwhile = round(READING_SECONDS * beside / seconds) if seconds else 0
    return _account(
        "Django → PostgreSQL",
        sent,
        counts["postgres.queries"] + sum(explained.values()),
        explained,
        slack=_read_apart(sent) + meanwhile,
    )


def _objects(counts: Mapping[str, int]) -> Account:
    sent = counts["varnish.fetched_objects"] + counts["web.bucket_calls"]
    return _account(
        "Varnish, Django → MinIO", sent, counts["minio.requests"], slack=_read_apart(sent)
    )


def _account(
    hop: str,
    expected: int,
    counted: int,
    explained: Mapping[str, int] | None = None,
    regulars: Iterable[Regular] = (),
    seconds: float = 0.0,
    *,
    slack: int,
) -> Account:
    """Whoever asks on a timetable is explained by the middle of what it can have asked, and the rest of
    that is slack."""
    known = dict(explained or {})
    for regular in regulars:
        least, most = regular.times(seconds)
        known[regular.who] = (least + most) // 2
        slack += most - known[regular.who]
    known = {who: number for who, number in known.items() if number}
    left = counted - expected - sum(known.values())
    return Account(
        hop=hop, expected=expected, counted=counted, explained=known, unexplained=left, slack=slack
    )


def _seconds(counts: Mapping[str, int], server: str) -> float:
    """Between the two times that this server was read."""
    return counts[f"{server}.read_ms"] / 1000


def _sent(counts: Mapping[str, int], server: str, commands: Iterable[str]) -> int:
    return sum(
        counts.get(f"{who}.{server}.{command}", 0)
        for who in ("web", "relay")
        for command in commands
    )


def _delivered(counts: Mapping[str, int], server: str, commands: Iterable[str]) -> int:
    """The relay writes down twice a second what it has sent; what it sent since is not in there. Where it
    sent nothing all the while, that is nothing."""
    return sum(counts.get(f"relay.{server}.{command}", 0) for command in commands)


def _under_way(counts: Mapping[str, int]) -> int:
    """Fetches in the background outlive the request that caused them; one layer may have counted them and
    the next not yet."""
    return min(AT_REST, counts["varnish.background"])


def _read_apart(number: int) -> int:
    return AT_REST + round(READ_SHARE * number)
