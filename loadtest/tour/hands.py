"""What the tour does to the stack besides switching and load: it looks, writes, and breaks something."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import uuid4

import journal
from checks import stack
from checks.visitor import Visitor, first_post, member
from tracing import address, collect
from tracing.way import Way
from users import markers

BROKEN = "redis"
BESIDE = ("console", "nginx")
READERS = 20
"""So many look at the page right after a write."""


@dataclass(frozen=True, slots=True)
class Look:
    """One anonymous request. cache_status: as it stands in the answer."""

    path: str
    status: int
    milliseconds: float
    cache_status: str
    way: Way


@dataclass(frozen=True, slots=True)
class Write:
    """A comment, and what readers saw after it was acknowledged. milliseconds: until that. first,
    second: the first two looks after it; behind: of `readers` who looked, those who didn't see it."""

    path: str
    milliseconds: float
    first: Look
    second: Look
    readers: int
    behind: int


class Hands(Protocol):
    """All raise stack.CommandError where the stack doesn't do as it is told."""

    def switch_beside(self, toggles: Mapping[str, str]) -> None:
        """Recreate what also reads toggles, where they change it: the live page, which shows them, and nginx,
        which may keep pages itself (LAB_MICROCACHE)."""

    def a_post(self) -> str:
        """The path of a post's page."""

    def look(self, path: str) -> Look: ...

    def write(self, path: str) -> Write: ...

    def break_cache(self) -> None: ...

    def mend_cache(self) -> None: ...

    def forget(self) -> None:
        """Take back what was written, and empty every cache."""


class RealHands:
    """On the running stack, as its user would."""

    def __init__(self) -> None:
        self._written: list[str] = []

    def switch_beside(self, toggles: Mapping[str, str]) -> None:
        stack.compose("up", "--detach", "--no-deps", "--no-build", *BESIDE, toggles=toggles)

    def a_post(self) -> str:
        return first_post(Visitor())

    def look(self, path: str) -> Look:
        there = address.parse(path, int(stack.setting("LAB_PORT")))
        answer, seconds = collect.send(there)
        way = collect.explain(there, "", answer, seconds)
        return Look(path, answer.status, seconds * 1000, answer.cache_status, way)

    def write(self, path: str) -> Write:
        words = f"{markers.WRITTEN}, on the tour, {uuid4().hex}."
        writer = member()
        writer.get(path)
        self._written.append(words)
        began = time.monotonic()
        answer = writer.post(f"{path}comment", f"{path}comment", body=words)
        spent = time.monotonic() - began
        if answer.status != 302:
            raise stack.CommandError(f"the comment was not taken: {answer.status}")
        first = self.look(path)
        second = self.look(path)
        answers = [Visitor().get(path) for _ in range(READERS)]
        behind = sum(words not in each.text for each in answers)
        return Write(path, spent * 1000, first, second, READERS, behind)

    def break_cache(self) -> None:
        journal.mark("fault", f"{BROKEN} is killed")
        stack.compose("kill", BROKEN)

    def mend_cache(self) -> None:
        stack.compose("up", "--detach", "--no-deps", "--no-build", "--wait", BROKEN)
        journal.mark("fault", f"{BROKEN} runs again")

    def forget(self) -> None:
        for words in self._written:
            stack.in_django(f"Comment.objects.filter(body={words!r}).delete()")
        self._written.clear()
        stack.forget_kept()
