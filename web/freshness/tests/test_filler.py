"""Filling a cache, told by a server in memory that holds so many values."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from django.core.management import CommandError, call_command

from freshness import filler


class Small:
    """Evicts whatever is more than `room` values."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.held = 0
        self.gone = 0

    def put(self, values: Mapping[str, bytes]) -> None:
        self.held += len(values)
        self.gone += max(0, self.held - self.room)
        self.held = min(self.held, self.room)

    def evicted(self) -> int:
        return self.gone


def test_a_cache_is_filled_until_it_has_evicted_enough() -> None:
    server = Small(room=5_000)
    assert filler.fill(server, 100) >= 100
    assert server.held == server.room
    again = server.evicted()
    filler.fill(server, 100)
    assert server.evicted() - again >= 100, "what was evicted before does not count"


def test_a_cache_that_never_evicts_is_not_filled_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filler, "MOST", 10_000_000)
    with pytest.raises(filler.NotFull, match="0 values were evicted"):
        filler.fill(Small(room=10**9), 1)


def test_only_a_cache_that_is_shared_can_be_filled() -> None:
    with pytest.raises(CommandError, match="accepts redis or memcached"):
        call_command("fill_cache")
