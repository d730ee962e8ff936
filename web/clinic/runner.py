"""Runs a case, one at a time, and says in one line why it can't be run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import redis
import urllib3
from django.conf import settings
from pymemcache.exceptions import MemcacheUnexpectedCloseError

from .caches import shared
from .case import Case, Outcome

LOCK = "being-run"
# Longer than any run takes; a run that died frees the room after so many seconds.
LONGEST = 120

# A server that is not there; what one answers is no reason to say so.
GONE = (redis.ConnectionError, redis.TimeoutError, MemcacheUnexpectedCloseError, OSError)


class CannotRun(Exception):
    """The case can't be run now; the text says why and what to do."""


class Busy(CannotRun):
    """Another case is being run."""


def run(case: Case) -> Outcome:
    """One run, in seconds rather than minutes. Raises CannotRun."""
    if settings.CACHING["store"] == "off":
        raise CannotRun(
            "there is no upstream cache to misuse: ./scripts/lab toggle LAB_UPSTREAM=redis"
        )
    try:
        with _one_at_a_time():
            return case.outcome()
    except urllib3.exceptions.HTTPError as failure:
        raise CannotRun(
            f"the case visits the site at {settings.CLINIC_SITE}, and nobody answers there "
            f"({type(failure).__name__}): start it, or name another address in LAB_CLINIC_SITE"
        ) from failure
    except GONE as failure:
        raise CannotRun(
            f"a cache server does not answer ({type(failure).__name__}): ./scripts/lab up"
        ) from failure


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    # Runs share the small server and the machine; two at once would show each other's figures.
    if not shared().add(LOCK, 1, LONGEST):
        raise Busy("a case is being run right now: try again in a few seconds")
    try:
        yield
    finally:
        shared().delete(LOCK)
