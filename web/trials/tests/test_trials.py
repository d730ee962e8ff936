"""The trials measure what they say, on local memory."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from caching.stores import current
from magazine.tests import factories as make
from trials import cost, stampede

# Python 3.12 warns of a fork beside threads; these children use none of their parent's.
FORKS = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")


@pytest.fixture(autouse=True)
def _local(settings: Any) -> None:
    settings.CACHING = {"store": "local"}
    store = current()
    assert store
    store.clear()


@FORKS
def test_callers_of_one_process_share_one_computation() -> None:
    outcome = stampede.stampede("unit", 20, 1, 0.2, time.time(), die=False)
    assert (outcome.computed, outcome.answered, len(outcome.values)) == (1, 20, 1)
    assert 0.1 < outcome.longest < 5


@FORKS
def test_a_process_that_dies_is_counted_and_answers_nothing() -> None:
    outcome = stampede.stampede("dying", 4, 1, 0.05, time.time(), die=True)
    assert (outcome.computed, outcome.answered) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_a_cold_page_is_measured_beside_an_uncached_one() -> None:
    make.article("Subject", slug="subject")
    figures = cost.cold(["/posts/subject/"])
    assert set(figures) == {"cold", "uncached", "ratio"}
    assert all(figure > 0 for figure in figures.values())


@pytest.mark.django_db
def test_what_does_not_answer_200_is_no_measurement() -> None:
    with pytest.raises(RuntimeError, match="answered 404"):
        cost.get(cost.WSGIHandler(), "/posts/nowhere/")


@pytest.mark.django_db
def test_what_a_cache_costs_needs_a_page() -> None:
    with pytest.raises(CommandError, match="needed are a published article"):
        call_command("cache_cost")
