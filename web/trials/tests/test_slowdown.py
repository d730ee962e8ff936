"""A slowdown that was asked for burns its share, and nobody else's requests are slowed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from config.env import BadValue, read
from trials.slowdown import SlowdownMiddleware


class Clock:
    """CPU time of a thread in which every look at the clock takes a millisecond."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 0.001
        return self.now


def test_a_tenth_of_what_the_view_took_is_burnt_again(settings: Any) -> None:
    settings.LAB = replace(settings.LAB, slowdown=0.10)
    clock = Clock()

    def view(request: HttpRequest) -> HttpResponse:
        clock.now += 1.0
        return HttpResponse("seen")

    answer = SlowdownMiddleware(view, clock)(RequestFactory().get("/"))
    assert answer.content == b"seen"
    assert clock.now == pytest.approx(1.1, abs=0.01)


def test_without_being_asked_for_it_is_not_there(settings: Any) -> None:
    settings.LAB = replace(settings.LAB, slowdown=0.0)
    with pytest.raises(MiddlewareNotUsed):
        SlowdownMiddleware(lambda request: HttpResponse())


@pytest.mark.parametrize(("said", "share"), [("", 0.0), ("off", 0.0), ("0.10", 0.1), ("0.20", 0.2)])
def test_what_is_accepted(said: str, share: float) -> None:
    assert read({"LAB_SLOWDOWN": said}).slowdown == share


@pytest.mark.parametrize("said", ["on", "0.1", "10", "-0.10", "1e9", "nan"])
def test_anything_else_is_refused(said: str) -> None:
    with pytest.raises(BadValue, match=r"LAB_SLOWDOWN=.*: accepted values are off, 0\.05, 0\.10"):
        read({"LAB_SLOWDOWN": said})
