"""The upstream cache on the real servers: one round trip for a page, one computation for a stampede."""

import re

import pytest

from checks import stack, stampede
from checks.visitor import Visitor, first_post

ASKED = 20


def calls(command: str) -> int:
    text = stack.inside("redis", "redis-cli", "info", "commandstats")
    found = re.search(rf"^cmdstat_{command}:calls=(\d+)", text, re.MULTILINE)
    return int(found[1]) if found else 0


def queries() -> int:
    """Statements on the site's own tables."""
    sql = "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE query LIKE '%magazine_%'"
    return int(stack.inside("postgres", "psql", "-U", "lab", "-d", "lab", "-Atc", sql))


def test_a_warm_page_is_one_round_trip_to_the_store_and_no_query(visitor: Visitor) -> None:
    post = first_post(visitor)
    for attempt in range(4):  # on both replicas; parameters of its own, so that Varnish has no copy
        visitor.get(f"{post}?warm={attempt}")
    reads, writes, asked = calls("mget"), calls("set"), queries()
    for attempt in range(ASKED):
        assert visitor.get(f"{post}?trip={attempt}").status == 200
    assert calls("mget") - reads == ASKED
    assert calls("set") == writes, "a warm page wrote to the store"
    assert queries() == asked, "a warm page asked the database"


@pytest.mark.usefixtures("put_back")
@pytest.mark.parametrize("store", stampede.STORES)
def test_a_stampede_is_one_computation(store: str) -> None:
    stack.up(LAB_UPSTREAM=store, LAB_EDGE_PAGES="off")
    found = [*stampede.together(), *stampede.holder_killed(), *stampede.pages()]
    # Times are for `check stampede`.
    missed = [line for line in found if not line.unit and not line.holds]
    assert not missed, f"run: ./scripts/lab check stampede --store {store}"
