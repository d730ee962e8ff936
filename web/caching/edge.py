"""The downstream cache's door for purges: `PURGE /` with the tags in Surrogate-Key."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from functools import lru_cache

import urllib3

from . import metrics
from .conf import conf

log = logging.getLogger("caching")

# A header line has its limits (8 kB with many servers); more tags than this go in several purges.
BYTES_A_PURGE = 4_000

# An edge that did not answer is left alone this long, so that writes don't wait for it one after
# the other; the outbox keeps what it is owed.
REST = 1.0
_rests_until: dict[str, float] = {}


@lru_cache(maxsize=1)
def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(
        maxsize=4, timeout=urllib3.Timeout(connect=0.5, read=2.0), retries=urllib3.Retry(1)
    )


def purge(tags: Iterable[str]) -> bool:
    """Removes from every edge what carries one of these tags; whether every edge did."""
    lines = list(_lines(tags))
    answers = [_purge_one(url, line) for url in conf().purge_urls for line in lines]
    return all(answers)


def _lines(tags: Iterable[str]) -> Iterator[str]:
    """The tags in as few header lines as hold them."""
    line = ""
    for tag in tags:
        if line and len(line) + 1 + len(tag) > BYTES_A_PURGE:
            yield line
            line = ""
        line = f"{line} {tag}" if line else tag
    if line:
        yield line


def _purge_one(url: str, tags: str) -> bool:
    if time.monotonic() < _rests_until.get(url, 0.0):
        return False
    headers = {"Surrogate-Key": tags, "X-Purge-Token": conf().purge_token}
    try:
        answer = _pool().request("PURGE", url, headers=headers)
    except urllib3.exceptions.HTTPError as failure:
        log.warning("%s was not purged of %s yet: %s", url, tags, failure)
        _rests_until[url] = time.monotonic() + REST
        metrics.of(metrics.PURGES, "failed").inc()
        return False
    metrics.of(metrics.PURGES, "done" if answer.status == 200 else "failed").inc()
    if answer.status != 200:
        log.error("%s refused to purge %s: status %d", url, tags, answer.status)
    return answer.status == 200
