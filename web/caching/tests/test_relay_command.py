"""The relay's loop: what it survives, and how it ends."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.core.management import call_command
from django.db import OperationalError

from caching.management.commands import relay_invalidations


@pytest.fixture(autouse=True)
def signals_put_back() -> Iterator[None]:
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


def test_a_database_that_came_back_is_asked_on_a_new_connection(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    connection = Mock(usable=True)
    connection.close.side_effect = lambda: setattr(connection, "usable", True)
    looks: list[bool] = []

    def relay() -> int:
        looks.append(connection.usable)
        if len(looks) == 1:
            connection.usable = False
        if not connection.usable:
            raise OperationalError("the connection is closed")
        os.kill(os.getpid(), signal.SIGTERM)
        return 3

    monkeypatch.setattr(relay_invalidations, "relay", relay)
    monkeypatch.setattr(relay_invalidations, "connection", connection)
    call_command("relay_invalidations", every=0.001, heartbeat=tmp_path / "beat")
    assert looks == [True, True]
    out, err = capsys.readouterr()
    assert out == "delivered 3 overdue invalidations\n"
    assert "trying again: the connection is closed" in err
    assert (tmp_path / "beat").exists()
