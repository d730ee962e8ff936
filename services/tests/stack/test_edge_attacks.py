"""Attacks on the shared cache, from outside: the short form of `./scripts/lab check edge --only attacks`."""

import pytest

from checks.edge.attacks import Tried, run

KINDS = (
    *("unkeyed inputs", "errors", "purges from outside"),
    *("sessions in disguise", "request smuggling", "cache deception"),
)


@pytest.fixture(scope="module")
def tried() -> Tried:
    return run(short=True)


@pytest.mark.parametrize("kind", KINDS)
def test_no_attack_leaves_anything(tried: Tried, kind: str) -> None:
    assert tried.attempts[kind] > 10, "there was no attack worth the name"
    found = [str(failure) for failure in tried.failures[kind]]
    assert not found, "\n".join([f"{len(found)} attacks succeeded:", *found])
