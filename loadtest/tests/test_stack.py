"""What the engine says against what it is asked: one kind of error, and the rest put back all the same."""

from __future__ import annotations

from typing import Any

import pytest
from docker.errors import NotFound
from requests.exceptions import ReadTimeout

from bench.stack import ComposeStack, StackFailed


class Engine:
    """Fails whatever it is asked."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.containers = self

    def list(self, **_: Any) -> Any:
        raise self.error

    def get(self, container: str) -> Any:
        raise self.error


def made(error: Exception) -> ComposeStack:
    stack = ComposeStack.__new__(ComposeStack)
    stack.engine = Engine(error)
    stack.project, stack.cores, stack.workers = "lab", 2, 1
    stack._pinned = {"an-id"}
    return stack


@pytest.mark.parametrize("error", [NotFound("no such container"), ReadTimeout("it timed out")])
def test_what_the_engine_says_is_the_stacks_failure(error: Exception) -> None:
    stack = made(error)
    for ask in (stack.pin, stack.counters, lambda: stack.pin_load("lab-load-1")):
        with pytest.raises(StackFailed, match=str(error)):
            ask()


def test_what_cant_be_put_back_keeps_nothing_else_from_it() -> None:
    stack, called = made(ReadTimeout("it timed out")), []

    class Databases:
        def take_back(self) -> None:
            called.append("take_back")
            raise StackFailed("postgres is not running")

        def remove(self) -> None:
            called.append("remove")

    stack.databases = Databases()  # type: ignore[assignment]
    stack._recreate = lambda *_: called.append("recreate")  # type: ignore[method-assign]
    with pytest.raises(StackFailed) as failed:
        stack.restore()
    assert called == ["take_back", "recreate", "remove"]
    assert "postgres is not running; " in str(failed.value)
    assert "it timed out" in str(failed.value)
