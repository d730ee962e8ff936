"""What the store returns is believed only if this site put it there, for this key, in this shape."""

from __future__ import annotations

from typing import Any

import pytest

from caching import Dies, Use, policies, policy
from caching.stores import current

from .conftest import Count


def put(key: str, data: bytes) -> None:
    store = current()
    assert store
    store.finish({key: (data, 60)}, ())


def get(key: str) -> bytes:
    store = current()
    assert store
    return store.get_many([key])[key]


@pytest.fixture
def two() -> Any:
    @policy(use=Use.FRAGMENTS, dies=Dies.NEVER)
    def two(key: int) -> str:
        return f"text {key} " * 200

    return two


@pytest.mark.parametrize("position", [0, 15, 16, 17, 18, 40, -1])
def test_a_changed_byte_is_a_miss(two: Any, position: int, grown: Count) -> None:
    value = two(1)
    data = bytearray(get(two.of(1).key))
    data[position] ^= 1
    put(two.of(1).key, bytes(data))
    assert two(1) == value
    lost = sum(
        grown("misses_total", policy="two", reason=why) for why in ("signature", "invalidated")
    )
    assert lost == 1


def test_a_value_under_another_key_is_a_miss(two: Any, grown: Count) -> None:
    one, other = two(1), two(2)
    first, second = get(two.of(1).key), get(two.of(2).key)
    put(two.of(1).key, second)
    put(two.of(2).key, first)
    assert (two(1), two(2)) == (one, other)
    assert grown("misses_total", policy="two", reason="signature") == 2


@pytest.mark.parametrize("length", range(0, 60, 7))
def test_a_cut_value_is_a_miss(two: Any, length: int) -> None:
    value = two(1)
    put(two.of(1).key, get(two.of(1).key)[:length])
    assert two(1) == value


def test_another_sites_value_is_a_miss(two: Any, settings: Any, grown: Count) -> None:
    two(1)
    stolen = get(two.of(1).key)
    settings.SECRET_KEY = "another"
    put(two.of(1).key, stolen)
    two(1)
    assert grown("misses_total", policy="two", reason="signature") == 1


def test_versions_that_disagree_about_a_shape_miss_and_never_show_it(
    monkeypatch: pytest.MonkeyPatch, grown: Count
) -> None:
    """Two versions of the code in a rolling deploy, one store."""

    def old() -> Any:
        @policy(use=Use.FRAGMENTS)
        def card(slug: str) -> dict[str, str]:
            return {"html": slug}

        return card

    def new() -> Any:
        @policy(use=Use.FRAGMENTS)
        def card(slug: str) -> list[int]:
            return [len(slug)]

        return card

    before = old()
    monkeypatch.setattr(policies, "_declared", {})
    after = new()
    for _ in range(3):
        assert before("slug") == {"html": "slug"}
        assert after("slug") == [4]
    assert grown("misses_total", policy="card", reason="shape") == 5
    assert grown("hits_total", policy="card") == 0


def test_long_values_are_kept_compressed(two: Any) -> None:
    assert len(get(two.of(1).key) if two(1) else b"") < len(two(1)) / 5
