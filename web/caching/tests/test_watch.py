"""What is owed to a store that could not be reached is not believed, and is told once it can be."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from caching import Use, invalidate, policy, watch
from caching.invalidation import relay
from caching.models import PendingInvalidation
from caching.stores import local, resilient

from .conftest import Count

pytestmark = pytest.mark.django_db(transaction=True)


class Server(local.LocalStore):
    """Stands for one that several processes share, and that a test can cut off."""

    refusals = ()
    cut = False

    def ping(self) -> None:
        pass

    def tell(self, values: Any, seconds: int) -> bool:
        if self.cut:
            raise ConnectionError("no route")
        return super().tell(values, seconds)


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Server:
    settings.CACHING = {"store": "redis", "lease": 0.5}
    server = Server()
    store = resilient.ResilientStore(server)
    for user in ("engine", "invalidation"):
        monkeypatch.setattr(f"caching.{user}.current", lambda: store)
    # No thread looks by itself: SQLite in memory has one connection.
    monkeypatch.setattr(watch._watch, "_started", True)
    watch._watch.look()
    return server


@pytest.fixture
def counted() -> Any:
    truth = ["old"]

    @policy(use=Use.FRAGMENTS, tags=lambda: ["thing"])
    def shown() -> str:
        return truth[0]

    shown.truth = truth  # type: ignore[attr-defined]
    return shown


def write(counted: Any, value: str) -> None:
    counted.truth[0] = value
    with transaction.atomic():
        invalidate("thing")


def test_what_is_owed_is_computed_and_not_believed(
    server: Server, counted: Any, grown: Count
) -> None:
    assert counted() == "old"
    # Another process committed this, and died.
    PendingInvalidation.objects.create(tags="other thing")
    counted.truth[0] = "new"
    watch._watch.look()
    assert counted() == "new"
    assert grown("misses_total", policy="shown", reason="doubted") == 1


def test_other_tags_are_believed_meanwhile(server: Server, counted: Any) -> None:
    assert counted() == "old"
    PendingInvalidation.objects.create(tags="another")
    counted.truth[0] = "never invalidated"
    watch._watch.look()
    assert counted() == "old"


def test_a_process_that_can_not_look_believes_nothing_after_a_lease(
    server: Server, counted: Any, grown: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert counted() == "old"
    counted.truth[0] = "new"
    monkeypatch.setattr(watch._watch, "look", lambda: None)
    assert counted() == "old"
    time.sleep(0.51)
    assert counted() == "new"
    assert grown("misses_total", policy="shown", reason="lapsed") == 1


def test_a_lookup_looks_where_the_thread_is_late(
    server: Server, counted: Any, django_assert_num_queries: Any
) -> None:
    assert counted() == "old"
    time.sleep(0.51)
    with django_assert_num_queries(1):
        assert [counted(), counted()] == ["old", "old"]


def test_a_lookup_waits_for_a_look_that_another_takes(
    server: Server, counted: Any, grown: Count
) -> None:
    assert counted() == "old"
    time.sleep(0.51)
    watch._watch._turn.acquire()

    def looks() -> None:
        time.sleep(1)
        watch._watch._seen = frozenset(), time.monotonic() + 5
        watch._watch._turn.release()

    with ThreadPoolExecutor() as pool:
        pool.submit(looks)
        assert counted() == "old"
    assert grown("misses_total", policy="shown", reason="lapsed") == 0


def test_a_write_that_reaches_nobody_is_acknowledged_after_a_lease(
    server: Server, counted: Any
) -> None:
    counted()
    server.cut = True
    began = time.monotonic()
    write(counted, "new")
    assert time.monotonic() - began >= 0.5
    # Whoever looked before the commit has lapsed; whoever looks now sees what is owed.
    assert counted() == "new"
    watch._watch.look()
    assert counted() == "new"


def test_only_the_first_of_many_writes_waits(server: Server, counted: Any) -> None:
    server.cut = True
    write(counted, "second")
    time.sleep(0.5)
    watch._watch.look()
    began = time.monotonic()
    for number in range(5):
        write(counted, f"value {number}")
    assert time.monotonic() - began < 2  # each would wait 0.5 s
    watch._watch.look()
    assert counted() == "value 4"


def test_once_the_store_is_told_all_is_believed_again(
    server: Server, counted: Any, grown: Count
) -> None:
    counted()
    server.cut = True
    write(counted, "new")
    server.cut = False
    PendingInvalidation.objects.update(created_at=timezone.now() - timedelta(seconds=5))
    assert relay() == 1
    assert relay() == 0, "only the mark is left, and goes"
    assert not PendingInvalidation.objects.exists()
    time.sleep(2 * resilient.PROBE)
    watch._watch.look()
    assert [counted(), counted()] == ["new", "new"]
    assert grown("hits_total", policy="shown") == 1


def test_the_mark_stays_while_the_store_can_not_be_told(server: Server, counted: Any) -> None:
    server.cut = True
    write(counted, "new")
    PendingInvalidation.objects.exclude(pk=watch.MARK).delete()
    assert relay() == 0
    assert PendingInvalidation.objects.filter(pk=watch.MARK).exists()


def test_a_transaction_shows_its_own_writing_to_nobody(server: Server, counted: Any) -> None:
    counted()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        counted.truth[0] = "uncommitted"
        invalidate("thing")
        assert counted() == "uncommitted"
        raise ZeroDivisionError
    assert counted() == "old", "what was rolled back was never kept"


def test_what_is_computed_in_a_transaction_is_not_kept(
    server: Server, counted: Any, grown: Count
) -> None:
    with transaction.atomic():
        counted()
    assert grown("refused_total", policy="shown", reason="transaction") == 1
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(counted).result() == "old"
    assert grown("written_bytes_total", policy="shown") > 0


def test_writers_at_once_leave_one_mark(server: Server) -> None:
    for _ in range(3):
        watch.wait_until_nobody_believes(time.monotonic() - 1)
    assert PendingInvalidation.objects.filter(tags="").count() == 1


def test_another_mark_is_not_taken_for_the_one_that_was_seen(server: Server) -> None:
    watch.wait_until_nobody_believes(time.monotonic() - 1)
    time.sleep(0.5)
    assert watch.nobody_believes()
    PendingInvalidation.objects.all().delete()
    # The relay has lifted it, and somebody else has left another since.
    PendingInvalidation.objects.create(pk=watch.MARK, tags="")
    assert not watch.nobody_believes()
    watch._watch.look()
    assert not watch.nobody_believes()
    time.sleep(0.5)
    assert watch.nobody_believes()


def test_a_store_that_is_away_is_not_told_by_each_write(server: Server, counted: Any) -> None:
    told = []
    server.cut = True
    write(counted, "first")
    time.sleep(0.5)
    from caching.invalidation import current

    store = current()
    assert isinstance(store, resilient.ResilientStore)
    store._closed.clear()  # a reader found it away
    server.tell = lambda *_: told.append(1)  # type: ignore[assignment,method-assign]
    write(counted, "second")
    assert not told


def test_what_only_the_edge_is_owed_is_believed_upstream(server: Server, counted: Any) -> None:
    counted()
    PendingInvalidation.objects.create(tags="thing", upstream_told=True)
    counted.truth[0] = "not computed"
    watch._watch.look()
    assert counted() == "old"
