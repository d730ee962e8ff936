"""nginx keeping pages for a moment: who is given them, and that it keeps none where Varnish does."""

import time
from collections.abc import Iterator
from uuid import uuid4

import pytest

from checks import stack
from checks.visitor import Visitor, first_post, member

SECONDS = 20


@pytest.fixture(scope="module", autouse=True)
def put_back() -> Iterator[None]:
    yield
    stack.up()
    stack.forget_kept()


def by_nginx(visitor: Visitor, path: str) -> str:
    """nginx's own line of Cache-Status."""
    lines = visitor.get(path).headers["Cache-Status"].split(", ")
    return next(line for line in reversed(lines) if line.startswith("nginx; "))


def test_a_page_is_kept_for_anonymous_readers_only(visitor: Visitor) -> None:
    stack.up(LAB_MICROCACHE=str(SECONDS), LAB_EDGE_PAGES="off")
    post, writer = first_post(visitor), member()
    until = time.monotonic() + SECONDS
    visitor.get(post)
    assert by_nginx(visitor, post) == "nginx; hit"
    assert by_nginx(writer, post).startswith("nginx; fwd=bypass")
    text = f"Beside the point, {uuid4()}"
    assert writer.post(post, f"{post}comment", body=text).status == 302
    assert text in writer.get(post).text, "whoever writes must see it"
    shown = visitor.get(post).text
    if time.monotonic() < until:
        assert text not in shown, "nothing tells nginx of a write"
    assert "Hello, " not in shown, "a member's page was shared"
    assert by_nginx(visitor, "/accounts/login/").startswith("nginx; fwd=")
    assert by_nginx(visitor, "/accounts/login/") != "nginx; hit", "a private page was kept"


def test_it_keeps_nothing_where_varnish_keeps_pages(visitor: Visitor) -> None:
    stack.up(LAB_MICROCACHE=str(SECONDS), LAB_EDGE_PAGES="on")
    stack.forget_kept()
    post = first_post(visitor)
    for _ in range(2):
        stack.forget_kept()
        assert by_nginx(visitor, post).startswith("nginx; fwd=bypass")
