"""What every policy did, as Prometheus counts it. Labels are policies' names and closed sets of
words, so the number of series does not grow with the site."""

from __future__ import annotations

from functools import lru_cache

from prometheus_client import Counter, Summary

HITS = Counter("caching_hits_total", "Lookups answered from the store.", ["policy"])
MISSES = Counter(
    "caching_misses_total",
    "Lookups that the store could not answer. reason: absent, invalidated, aged, doubted (an "
    "invalidation of it is owed), lapsed (nobody could tell), shape, signature.",
    ["policy", "reason"],
)
STALE = Counter(
    "caching_stale_served_total", "Lookups answered with a value that had aged.", ["policy"]
)
RECOMPUTES = Summary(
    "caching_recompute_seconds",
    "Computations of a value, and the seconds that they took together.",
    ["policy"],
)
FAILURES = Counter(
    "caching_compute_failures_total", "Computations that raised what is no answer.", ["policy"]
)
READ = Counter("caching_read_bytes_total", "Bytes of entries that were believed.", ["policy"])
WRITTEN = Counter("caching_written_bytes_total", "Bytes of entries put in the store.", ["policy"])
REFUSED = Counter(
    "caching_refused_total",
    "Values that were computed and not kept. reason: size, shape, stamp (the store holds none for "
    "a tag), transaction (it might show what is not committed), doubted, held (by another, for too "
    "long), claim (what stands where a claim would is none).",
    ["policy", "reason"],
)
WAITS = Counter(
    "caching_waits_total",
    "Lookups that found the value held by another who computes it. outcome: got, gave_up.",
    ["policy", "outcome"],
)
ERRORS = Counter(
    "caching_errors_total",
    "Calls of the store that failed. kind: no_answer, slow, refused (it answered with an error), open "
    "(not asked, for the breaker is open).",
    ["call", "kind"],
)
ROUND_TRIPS = Counter(
    "caching_round_trips_total",
    "Questions put to the cache server, retries too. what: get, claim, finish, tell, ping, clear.",
    ["server", "what"],
)
COMMANDS = Counter(
    "caching_commands_total",
    "Commands sent to the cache server, as it counts them itself: by name, and for Memcached's `get` by key.",
    ["server", "command"],
)
PURGES = Counter(
    "caching_purges_total", "Purges sent downstream. outcome: done, failed.", ["outcome"]
)


@lru_cache(maxsize=1024)
def of(metric: Counter, *labels: str) -> Counter:
    """The metric's child for these labels. Looking one up costs as much as counting."""
    return metric.labels(*labels)


def begin(policy: str) -> None:
    """What alerts take a rate of is there from the start, with 0: a counter that appears with its first burst
    has grown by nothing, as Prometheus reckons, and the first stampede after a start went unseen."""
    of(STALE, policy)
    for outcome in ("got", "gave_up"):
        of(WAITS, policy, outcome)


for _outcome in ("done", "failed"):
    of(PURGES, _outcome)
