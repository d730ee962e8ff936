"""What is loaded is set aside from the garbage collector: before the first fork, and in a settled worker."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from itertools import count
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

from config import gunicorn_conf


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    gc.unfreeze()
    yield
    gc.unfreeze()


def test_what_is_loaded_is_set_aside_before_the_first_fork() -> None:
    gunicorn_conf.when_ready(None)
    assert gc.get_freeze_count() > 10_000
    assert len(gc.get_objects()) < 1_000


def test_what_the_first_requests_load_is_set_aside_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gunicorn_conf, "_answered", count(1))
    counts = []
    for _ in range(max(gunicorn_conf.SETTLED) + 1):
        for path in ("/up", "/metrics", "/"):
            gunicorn_conf.post_request(None, SimpleNamespace(path=path), None, None)
        counts.append(gc.get_freeze_count())
    settled = [
        n
        for n, (before, after) in enumerate(zip([0, *counts], counts, strict=False), 1)
        if after > before
    ]
    assert settled[0] == min(gunicorn_conf.SETTLED)
    assert {*settled} <= gunicorn_conf.SETTLED


def test_gunicorn_knows_these_hooks_by_these_names() -> None:
    """It ignores what it doesn't know."""
    settings = Config()
    for hook in ("when_ready", "post_request"):
        settings.set(hook, getattr(gunicorn_conf, hook))
