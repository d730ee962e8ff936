"""The stack must be up (`./scripts/lab up`); tests that change it put it back."""

from collections.abc import Iterator

import pytest

from checks import stack
from checks.visitor import Visitor


@pytest.fixture(scope="session", autouse=True)
def running() -> None:
    if not stack.attempt("docker", "compose", "ps", "-q", "--status", "running", "varnish").stdout:
        pytest.exit("the stack is not running: ./scripts/lab up", returncode=3)


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


@pytest.fixture
def put_back() -> Iterator[None]:
    yield
    stack.up()


@pytest.fixture(scope="module")
def put_back_at_last() -> Iterator[None]:
    """For tests that each set the stack up as they need it."""
    yield
    stack.up()
