"""A small steady load: requests are due at fixed times, whether or not the ones before were
answered. A request that waits for its turn has waited, so its time counts from when it was due.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from http.client import HTTPException
from threading import Event, Thread
from types import TracebackType
from uuid import uuid4

from ..visitor import Answer, Visitor
from .figures import Sample
from .pages import Page, Pages

RATE = 15.0  # requests a second: about half of what two cores can do without any cache
AT_ONCE = 64
RARELY = 5  # the partner is asked in every fifth turn through the pages: it is slow by itself


class Load:
    """Reads all pages in turn within a `with` block."""

    def __init__(self, pages: Pages, rate: float = RATE) -> None:
        self._pages = pages
        self._rate = rate
        self._stop = Event()
        self._reader = Visitor()
        self._thread = Thread(target=self._run, daemon=True)
        self._asked: list[Future[Sample]] = []

    @property
    def samples(self) -> list[Sample]:
        """What became of every request; waits for those that are under way."""
        return [asked.result() for asked in self._asked]

    def __enter__(self) -> Load:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        start = time.monotonic()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for number, page in enumerate(self._turns()):
                due = start + number / self._rate
                if self._stop.wait(max(0.0, due - time.monotonic())):
                    return
                self._asked.append(pool.submit(self._ask, page.path, due, page.timed))

    def _turns(self) -> Iterator[Page]:
        turn = 0
        while True:
            for page in self._pages.read:
                if page.timed or turn % RARELY == 0:
                    yield page
            turn += 1

    def _ask(self, path: str, due: float, timed: bool) -> Sample:
        acknowledged = len(self._pages.post.acknowledged)
        answer = attempt(lambda: self._reader.get(path))
        seconds = time.monotonic() - due
        if answer is None:
            return Sample(path, due, seconds, 0, timed=timed)
        wrong = self._pages.wrong(path, answer.body, acknowledged) if answer.status == 200 else ""
        return Sample(path, due, seconds, answer.status, wrong, timed)


def attempt(ask: Callable[[], Answer]) -> Answer | None:
    """The answer, or None where the connection broke or took too long."""
    try:
        return ask()
    except (OSError, HTTPException):
        return None


def comment(member: Visitor, pages: Pages) -> Sample:
    """A member writes a comment, which every reader must see from then on."""
    text, begin = f"{pages.post.mark}: {uuid4()}", time.monotonic()
    path = f"{pages.post.path}comment"
    form = attempt(lambda: member.get(path))
    if form is None or form.status != 200:
        return Sample(path, begin, time.monotonic() - begin, form.status if form else 0)
    sent = time.monotonic()
    answer = attempt(lambda: member.post(path, path, body=text))
    status = answer.status if answer else 0
    if status == 302:
        pages.post.acknowledged.append(text)
    return Sample(path, sent, time.monotonic() - sent, status)
