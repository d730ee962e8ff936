"""The books of each hop: what is explained, what is borne, and what is not."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import counters
from bench.counters import Counters
from bench.judging import books
from bench.judging.books import Regular
from bench.result import Account, Kind, Load
from fakes.stack import FakeStack

ON = {"LAB_EDGE_PAGES": "on", "LAB_EDGE_ASSETS": "on", "LAB_UPSTREAM": "redis"}


def served(pages: int = 900, assets: int = 300, **toggles: str) -> dict[str, int]:
    """The counters of an honest run."""
    stack = FakeStack()
    stack.switch({**ON, **toggles})
    before = stack.counters()
    stack.serve(pages, assets)
    return dict(counters.delta(before, stack.counters(ending=True)).counts)


def load(pages: int = 900, assets: int = 300, **kinds: Kind) -> Load:
    all_kinds = {
        "page/post": Kind(ok=pages, failed=0, bytes=0),
        "asset/image": Kind(ok=assets, failed=0, bytes=0),
        **{name.replace("_", "/"): kind for name, kind in kinds.items()},
    }
    asked = pages + assets
    return Load(requests=asked, failures=0, requests_per_second=1, elapsed=10, kinds=all_kinds)


def kept(counts: dict[str, int], of: Load | None = None) -> dict[str, Account]:
    return {each.hop: each for each in books.accounts(of or load(), Counters({}, counts))}


def unbalanced(counts: dict[str, int], of: Load | None = None) -> list[str]:
    return [hop for hop, account in kept(counts, of).items() if not account.balanced]


@pytest.mark.parametrize(
    "toggles",
    [
        {},
        {"LAB_EDGE_PAGES": "off"},
        {"LAB_EDGE_ASSETS": "off"},
        {"LAB_UPSTREAM": "memcached", "LAB_EDGE_PAGES": "off"},
        {"LAB_UPSTREAM": "off", "LAB_EDGE_PAGES": "off", "LAB_EDGE_ASSETS": "off"},
    ],
)
def test_an_honest_run_balances_at_every_hop(toggles: dict[str, str]) -> None:
    accounts = kept(served(**toggles))
    assert len(accounts) == 7
    assert unbalanced(served(**toggles)) == []
    assert books.flags(accounts.values()) == []


def test_what_other_software_asks_of_the_caches_is_not_counted_by_this_site() -> None:
    hops = {each.hop for each in books.accounts(load(), Counters({}, served()), ours=False)}
    assert len(hops) == 5
    assert not hops & {"Django → Redis", "Django → Memcached"}


def test_what_nginx_keeps_it_does_not_count() -> None:
    hops = {each.hop for each in books.accounts(load(), Counters({}, served()), passes=False)}
    assert "nginx → Django" not in hops
    assert len(hops) == 6


HOPS = {
    "varnish.requests": ["Locust → Varnish"],
    "nginx.requests": ["Varnish → nginx"],
    "web.requests": ["nginx → Django"],
    "varnish.fetched_pages": ["Varnish → nginx", "nginx → Django"],
    "redis.called.mget": ["Django → Redis"],
    "web.redis.mget": ["Django → Redis"],
    "memcached.gets": ["Django → Memcached"],
    "memcached.deletes_missed": ["Django → Memcached"],
    "postgres.queries": ["Django → PostgreSQL"],
    "web.queries": ["Django → PostgreSQL"],
    "relay.queries_beside": ["Django → PostgreSQL"],
    "minio.requests": ["Varnish, Django → MinIO"],
    "web.bucket_calls": ["Varnish, Django → MinIO"],
}


@pytest.mark.parametrize(("counter", "hops"), HOPS.items())
@pytest.mark.parametrize("more", [200, -200])
def test_a_count_that_is_wrong_is_found_at_its_hop(
    counter: str, hops: list[str], more: int
) -> None:
    counts = served(LAB_EDGE_PAGES="off")
    counts[counter] += more
    assert unbalanced(counts) == hops


@pytest.mark.parametrize("command", ["get", "eval", "config|set"])
def test_a_command_that_nobody_here_sends_explains_itself_to_nobody(command: str) -> None:
    counts = served(LAB_EDGE_PAGES="off")
    counts[f"redis.called.{command}"] = 200
    assert unbalanced(counts) == ["Django → Redis"]


EXPLAINED = {
    ("varnish.requests", "web.purges"): "Locust → Varnish",
    ("varnish.requests", "relay.purges"): "Locust → Varnish",
    ("redis.called.ping",): "Django → Redis",
    ("redis.called.info",): "Django → Redis",
    ("postgres.statistics",): "Django → PostgreSQL",
    ("postgres.transactions",): "Django → PostgreSQL",
    ("postgres.foreign_keys",): "Django → PostgreSQL",
    ("web.health_checks",): "nginx → Django",
    ("minio.requests", "web.bucket_calls"): "Varnish, Django → MinIO",
}


@pytest.mark.parametrize(("counted", "hop"), EXPLAINED.items())
def test_what_is_counted_explains_itself(counted: tuple[str, ...], hop: str) -> None:
    counts = served()
    for counter in counted:
        counts[counter] += 5000
    assert kept(counts)[hop].balanced


def test_an_unbalanced_hop_is_a_fatal_flag_with_both_figures() -> None:
    counts = served()
    counts["varnish.requests"] += 300
    (flag,) = books.flags(kept(counts).values())
    assert flag.code == "books"
    assert flag.fatal
    assert flag.reason.startswith("Locust → Varnish: 1,200 by one's count and 1,519 by the other's")
    assert "are left" in flag.reason


def test_failures_may_have_arrived_or_not() -> None:
    failed = Kind(ok=0, failed=40, bytes=0)
    assert unbalanced(served(), load(page_tag=failed)) == []


def test_a_visitor_that_broke_asked_for_nothing() -> None:
    broken = Kind(ok=0, failed=5000, bytes=0)
    account = kept(served(), load(visitor_broken=broken))["Locust → Varnish"]
    assert account.expected == 1200
    assert account.slack < 20


def test_what_the_truth_sampler_asked_is_in_the_books() -> None:
    counts = served()
    counts["varnish.requests"] += 500
    assert unbalanced(counts, load(truth_read=Kind(ok=500, failed=0, bytes=0))) == []
    assert unbalanced(counts) == ["Locust → Varnish"]


@given(
    every=st.floats(min_value=0.5, max_value=10),
    random=st.randoms(use_true_random=False),
    begins=st.floats(min_value=0, max_value=100),
    seconds=st.floats(min_value=1, max_value=60),
)
def test_who_asks_on_a_timetable_never_asks_more_or_less_often_than_it_allows(
    every: float, random: Random, begins: float, seconds: float
) -> None:
    at, times = 0.0, 0
    while at < begins + seconds:
        times += at >= begins
        at += every + random.random()
    least, most = Regular("somebody", every, 1.0).times(seconds)
    assert least <= times <= most


def test_the_slack_is_small_beside_what_it_is_for() -> None:
    for hop, account in kept(served(90_000, 30_000, LAB_EDGE_PAGES="off")).items():
        assert account.slack <= 20 + 0.003 * account.expected, hop


def test_counters_that_are_missing_are_not_taken_for_0() -> None:
    with pytest.raises(KeyError):
        books.accounts(load(), Counters())
