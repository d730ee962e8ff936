"""LAB_DEBUG=on in the whole stack: the toolbar works behind every layer, and no layer keeps its pages."""

import re
from collections.abc import Iterator

import pytest

from checks import stack
from checks.visitor import Visitor, first_post, member

PANELS = ("SQLPanel", "CachePanel", "PoliciesPanel")


@pytest.fixture(scope="module")
def debugged() -> Iterator[str]:
    """A post's path, with the toolbar on."""
    stack.up(LAB_DEBUG="on")
    stack.forget_kept()
    yield first_post(Visitor())
    stack.up()


@pytest.mark.parametrize("who", [Visitor, member])
def test_its_panels_are_in_pages_that_nobody_keeps(who: type[Visitor], debugged: str) -> None:
    reader = who()
    for path in ("/", debugged):
        first, second = reader.get(path), reader.get(path)
        for answer in (first, second):
            assert answer.status == 200
            assert not answer.is_hit
            assert "stored" not in answer.cache_status.rpartition("varnish")[2]
            assert answer.headers["Cache-Control"] == "private, no-store"
            for panel in PANELS:
                assert f'id="{panel}"' in answer.text


def test_its_own_files_come_from_the_bucket(debugged: str) -> None:
    page = Visitor().get(debugged).text
    files = set(re.findall(r'"(/static/debug_toolbar/[^"]+)"', page))
    assert files
    for path in files:
        assert Visitor().get(path).status == 200, path


def test_it_is_said_that_it_is_on_and_where(debugged: str) -> None:
    told = stack.compose("logs", "--no-log-prefix", "hello")
    assert "LAB_DEBUG=on" in told
    assert "127.0.0.1" in told


def test_such_a_stack_is_not_measured(debugged: str) -> None:
    for task in (("bench", "quick", "--dry-run"), ("tour", "--unattended")):
        done = stack.attempt("./scripts/lab", *task, toggles={"LAB_DEBUG": "on"})
        assert done.returncode == 2
        assert "LAB_DEBUG=on is not measured" in done.stderr.splitlines()[-1]


@pytest.mark.usefixtures("put_back")
def test_off_again_there_is_nothing_of_it(visitor: Visitor) -> None:
    stack.up(LAB_DEBUG="on")
    visitor.get("/")
    stack.up()
    first, second = visitor.get("/"), visitor.get("/")
    assert second.is_hit
    for answer in (first, second):
        assert "djDebug" not in answer.text
    assert visitor.get("/__debug__/").status == 404
