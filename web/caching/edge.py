"""The downstream cache's door for purges: `PURGE /` with the tags in Surrogate-Key."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from urllib.parse import urlsplit

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
    # Once more only where a connection that was kept open has been closed meanwhile.
    return urllib3.PoolManager(
        maxsize=4,
        timeout=urllib3.Timeout(connect=0.5, read=2.0),
        retries=urllib3.Retry(1, connect=0),
    )


class _Hosts:
    """Where each edge is. No deadline covers a look-up, and the name of an edge that is gone can take many
    seconds to be not found: so only the first one is waited for, and later ones are left to a thread."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}
        self._looking: set[str] = set()
        self._turn = threading.Lock()

    def address(self, url: str) -> str:
        """`url` with its host's address. Raises OSError while none has ever been found."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if host not in self._found:
            self._look_up(host)
        port = f":{parts.port}" if parts.port else ""
        return parts._replace(netloc=f"{self._found[host]}{port}").geturl()

    def look_again(self, url: str) -> None:
        """Finds out, without making anybody wait, whether the edge has moved."""
        host = urlsplit(url).hostname or ""
        with self._turn:
            if host in self._looking:
                return
            self._looking.add(host)
        with suppress(RuntimeError):  # no thread to be had: the next purge that fails tries again
            threading.Thread(target=self._look_later, args=(host,), daemon=True).start()
            return
        self._looking.discard(host)

    def _look_later(self, host: str) -> None:
        try:
            with suppress(OSError):
                self._look_up(host)
        finally:
            self._looking.discard(host)

    def _look_up(self, host: str) -> None:
        found = socket.getaddrinfo(host, None, family=socket.AF_INET, type=socket.SOCK_STREAM)
        self._found[host] = str(found[0][4][0])


_hosts = _Hosts()


def _forget() -> None:
    global _hosts
    _hosts = _Hosts()
    _pool.cache_clear()


# A fork has its parent's locks and sockets, and not its threads.
os.register_at_fork(after_in_child=_forget)


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
    headers = {
        "Host": urlsplit(url).netloc,
        "Surrogate-Key": tags,
        "X-Purge-Token": conf().purge_token,
    }
    try:
        answer = _pool().request("PURGE", _hosts.address(url), headers=headers)
    except (urllib3.exceptions.HTTPError, OSError) as failure:
        _hosts.look_again(url)
        log.warning("%s was not purged of %s yet: %s", url, tags, failure)
        _rests_until[url] = time.monotonic() + REST
        metrics.of(metrics.PURGES, "failed").inc()
        return False
    metrics.of(metrics.PURGES, "done" if answer.status == 200 else "failed").inc()
    if answer.status != 200:
        log.error("%s refused to purge %s: status %d", url, tags, answer.status)
    return answer.status == 200
