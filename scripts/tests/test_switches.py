"""What may be switched while the stack runs: some of the toggles, and nothing that is none."""

from __future__ import annotations

import pytest

import switches
import toggles


def test_each_is_a_declared_toggle() -> None:
    assert set(switches.LAYERS) <= set(toggles.load())
    assert list(switches.declared()) == list(switches.LAYERS)


@pytest.mark.parametrize("name", ["LAB_DEBUG", "LAB_POSTS", "LAB_PORT", "LAB_CONSOLE_PORT"])
def test_ports_content_and_debugging_are_not_among_them(name: str) -> None:
    with pytest.raises(toggles.BadToggle, match="toggle: accepted values are"):
        switches.check(name, toggles.load()[name].default)


@pytest.mark.parametrize("name", switches.LAYERS)
def test_what_is_declared_is_accepted_and_nothing_else(name: str) -> None:
    toggle = toggles.load()[name]
    for value in toggle.accepts:
        assert switches.check(name, value) == (name, value)
    for value in ("", "maybe", "on\n", "on ", "-1", "99999999", "٣", "a" * 1000, None, 1, ["on"]):
        with pytest.raises(toggles.BadToggle) as refused:
            switches.check(name, value)
        assert len(str(refused.value).splitlines()) == 1
        assert switches.accepted(toggle) in str(refused.value)
