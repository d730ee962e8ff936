"""Each alert fired once by its fault, on the real stack. Nothing is put into Prometheus by hand.

That the alerts keep quiet where they must is shown by `promtool test rules`, without waiting.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from threading import Event, Thread
from typing import Any

import prometheus
import pytest
import yaml

from checks import stack, stampede
from checks.visitor import Visitor, first_post

READERS = 4
PAUSE = 0.1  # seconds between two requests of one reader
# Seconds. An alert of before goes within the five minutes that ReplicaGone looks back.
PATIENCE = 360.0

NEVER_KEPT = "/search/?q={n}"
"""Each is another page, so every layer but the database is asked in vain."""


@contextmanager
def readers(path: str, pause: float = PAUSE) -> Iterator[None]:
    """Some who ask again and again, whatever they are answered; `{n}` is another number each time."""
    numbers, stop = count(), Event()

    def read() -> None:
        while not stop.wait(pause):
            try:
                Visitor().get(path.format(n=next(numbers)))
            except OSError:
                continue  # the fault may be that nobody answers

    threads = [Thread(target=read, daemon=True) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def stopped(service: str) -> Callable[[], Any]:
    return lambda: stack.compose("stop", service)


def killed(service: str) -> Callable[[], Any]:
    """One of its containers, which gets no time to say that it goes."""
    return lambda: stack.run("docker", "kill", stack.containers()[service][0]["Id"])


def a_full_redis() -> None:
    """More than it may hold, written within seconds."""
    stack.inside("redis", "redis-cli", "config", "set", "maxmemory", "8mb")
    entries = ("-c", "1", "-n", "100000", "-r", "1000000", "-d", "400")
    stack.inside("redis", "redis-benchmark", "-q", "-t", "set", *entries)


def writes_that_the_edge_does_not_hear() -> None:
    """More than the alert bears, for so long that it sees them become more. Each tries the edge first, which
    takes up to a second where the engine has no quick answer about a name that is gone."""
    stack.compose("stop", "varnish")
    program = (
        "import time\nfrom caching import invalidate\nnumber, until = 0, time.monotonic() + 240\n"
        "while number < 400 and time.monotonic() < until:\n"
        "    invalidate(f'test-of-alerts:{number}'); number += 1; time.sleep(0.1)"
    )
    stack.inside("web", "python", "manage.py", "shell", "-c", program)


def a_rush_for_one_page() -> None:
    stack.up(LAB_EDGE_PAGES="off")
    stampede.pages()


def lifetimes_of_a_second() -> None:
    stack.up(LAB_FRESHNESS="ttl", LAB_TTL="1")


@dataclass(frozen=True)
class Fault:
    """What is broken while people read `path`, and which alerts must then fire. labels: PromQL, of all of
    them; pause: seconds between two requests of one reader."""

    breaks: Callable[[], Any]
    fires: tuple[str, ...]
    labels: str = ""
    path: str = "/"
    pause: float = PAUSE


FAULTS = {
    "a replica is killed": Fault(killed("web"), ("ReplicaGone",)),
    "an exporter is stopped": Fault(stopped("redis-exporter"), ("TargetDown",), 'job="redis"'),
    "Memcached is stopped": Fault(stopped("memcached"), ("ServerDown",), 'job="memcached"'),
    "Redis is stopped": Fault(stopped("redis"), ("UpstreamCacheFails",), path=NEVER_KEPT),
    "Redis is full": Fault(a_full_redis, ("CacheEvicts",), 'cache="redis"'),
    "Postgres is stopped": Fault(stopped("postgres"), ("ServerErrors",), path=NEVER_KEPT),
    "nginx is stopped": Fault(
        stopped("nginx"), ("EdgeCannotFetch",), 'backend="site"', path=NEVER_KEPT
    ),
    "Varnish is stopped": Fault(
        writes_that_the_edge_does_not_hear, ("PurgesFail", "InvalidationsOverdue", "OutboxGrows")
    ),
    # Its counters stay in the memory that its exporter reads.
    "Varnish is killed": Fault(killed("varnish"), ("ServerDown",), 'job="varnish"'),
    "a page that many ask for has just ended": Fault(a_rush_for_one_page, ("CacheStampede",)),
    # Each page has nearly always aged when the next reader comes.
    "everything lives for a second": Fault(
        lifetimes_of_a_second, ("CacheServesStale",), 'cache="varnish"', pause=1.5
    ),
}

BY_ITSELF = {"CacheHitRatioFell"}  # it compares with minutes before, which need a test of their own
# Somebody must wait for six seconds: `check stampede` makes that, but in processes of its own, whose
# figures Prometheus does not read.
NOT_HERE = {"CacheWaitsGivenUp"}


@pytest.fixture
def mended() -> Iterator[None]:
    """The stack as it was, with the memory that Redis had and nothing in it."""
    before = stack.inside("redis", "redis-cli", "config", "get", "maxmemory").split()[-1]
    yield
    stack.up()
    stack.inside("redis", "redis-cli", "config", "set", "maxmemory", before)
    stack.forget_kept()


def fires(alert: str, labels: str) -> bool:
    both = f'alertname="{alert}", alertstate="firing"' + (f", {labels}" if labels else "")
    return bool(prometheus.figures(f"ALERTS{{{both}}}"))


@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("mended")
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_fires_its_alerts(name: str) -> None:
    fault = FAULTS[name]
    seen: set[str] = set()

    def all_seen() -> bool:
        seen.update(each for each in fault.fires if fires(each, fault.labels))
        return seen == set(fault.fires)

    def quiet() -> bool:
        return not any(fires(each, fault.labels) for each in fault.fires)

    assert prometheus.wait_until(quiet, PATIENCE), "it fires before there is a fault"
    # It may be over before a long fault has been made in full.
    watching = Thread(target=lambda: prometheus.wait_until(all_seen, PATIENCE))
    watching.start()
    with readers(fault.path, fault.pause):
        fault.breaks()
        watching.join()
    assert seen == set(fault.fires)


@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("mended")
def test_a_hit_ratio_that_falls_fires_its_alert() -> None:
    post = first_post(Visitor())
    warm = 'avg_over_time(cache:hit_ratio:rate1m{cache="varnish"}[10m] offset 1m) > 0.6'

    def fell() -> bool:
        return fires("CacheHitRatioFell", 'cache="varnish"')

    with readers(post):
        assert prometheus.wait_until(lambda: bool(prometheus.figures(warm)), PATIENCE)
        assert not fell()
    with readers(post + "?n={n}"):
        assert prometheus.wait_until(fell, PATIENCE)


def test_every_alert_has_its_fault() -> None:
    rules = yaml.safe_load((stack.TOP / "services/prometheus/rules/alerts.yml").read_text())
    alerts = {rule["alert"] for group in rules["groups"] for rule in group["rules"]}
    fired = {alert for fault in FAULTS.values() for alert in fault.fires}
    assert fired | BY_ITSELF | NOT_HERE == alerts
