"""Replicas come and go while people read, and nobody notices."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest

from checks import stack
from checks.visitor import Answer, Visitor, first_post, member

FOLLOWS = 10  # seconds in which nginx must know of a replica
PAUSE = 0.1  # seconds between two requests of the light load


class Load:
    """A member who reads their drafts: Varnish keeps none of it, so each request is for a replica."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.errors: list[str] = []
        self._stop = Event()
        self._reader = member()
        self._thread = Thread(target=self._read, daemon=True)

    def _read(self) -> None:
        while not self._stop.wait(PAUSE):
            try:
                self.answers.append(self._reader.get("/drafts/"))
            except OSError as error:
                self.errors.append(repr(error))

    def __enter__(self) -> "Load":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def failures(self) -> list[str]:
        return self.errors + [str(each.status) for each in self.answers if each.status != 200]


def known_replicas() -> int:
    return len(re.findall(r"^\s*server \S+:\d+", _list(), re.MULTILINE))


def _list() -> str:
    return stack.inside("nginx", "cat", "/run/nginx/replicas.conf")


def scale(replicas: int) -> None:
    stack.compose(
        *("up", "-d", "--no-build", "--no-deps", "--no-recreate", "--wait"),
        *("--scale", f"web={replicas}", "web"),
    )


def wait_for(replicas: int) -> None:
    deadline = time.monotonic() + FOLLOWS
    while time.monotonic() < deadline:
        if known_replicas() == replicas:
            return
        time.sleep(0.5)
    pytest.fail(f"nginx does not know of {replicas} replicas after {FOLLOWS} s:\n{_list()}")


@pytest.mark.usefixtures("put_back")
def test_scaling_up_and_down_loses_no_request() -> None:
    start = int(stack.setting("LAB_REPLICAS"))
    with Load() as load:
        for replicas in (start + 1, start):
            scale(replicas)
            wait_for(replicas)
            time.sleep(2)
    assert len(load.answers) > 20, "there was no load worth the name"
    assert load.failures() == [], "requests failed while replicas came and went: see nginx/"


@contextmanager
def in_flight(paths: list[str]) -> Iterator[list[Answer]]:
    """Requests that are under way within the block; their answers are there after it."""
    answers: list[Answer] = []
    threads = [Thread(target=lambda p=path: answers.append(Visitor().get(p))) for path in paths]
    for thread in threads:
        thread.start()
    time.sleep(0.4)
    yield answers
    for thread in threads:
        thread.join()


@pytest.mark.usefixtures("put_back")
def test_stopping_the_replicas_finishes_what_they_are_doing() -> None:
    # ffmpeg cuts these anew for every request, which takes a second or more.
    cuts = stack.in_django(
        "' '.join(f'/generate/clip/{c.source_sha256}/{c.start:g}-{c.duration:g}.webm'"
        " for c in Clip.objects.all()[:3])"
    ).split()
    assert cuts, "the seed holds no clip: ./scripts/lab reset"
    with in_flight(cuts) as answers:
        assert not answers, "the requests were over too soon to prove something"
        stack.compose("stop", "web")
    assert [answer.status for answer in answers] == [200] * len(cuts)
    assert all(len(answer.body) > 1000 for answer in answers)


@pytest.mark.usefixtures("put_back")
def test_readers_get_the_last_page_while_no_replica_is_there(visitor: Visitor) -> None:
    post, reader = first_post(visitor), member()
    visitor.get(post)
    stack.compose("stop", "web")
    assert visitor.get(post).status == 200, "Varnish has the page, and did not serve it"
    page = reader.get(post)
    assert page.status == 200, "what is a member's own is missing, and the rest need not be"
    assert "<esi:" not in page.text
    assert "Hello, " not in page.text
    assert visitor.get("/accounts/login/").status in (502, 503, 504)
