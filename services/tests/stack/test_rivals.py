"""The other caches that ours is compared with: each starts, keeps something, and dies as it is said to."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest

from checks import stack
from checks.visitor import Visitor, first_post, member


@dataclass(frozen=True)
class Rival:
    """Whether Redis is asked for what it keeps, and whether a write ends it."""

    keeps: bool = True
    follows_writes: bool = True


RIVALS = {
    "rivals.settings": Rival(keeps=False),
    "rivals.settings_cachalot": Rival(),
    "rivals.settings_cacheops": Rival(),
    "rivals.settings_cache_page": Rival(follows_writes=False),
    "rivals.settings_per_view": Rival(follows_writes=False),
}


@pytest.fixture(scope="module", autouse=True)
def image() -> Iterator[None]:
    stack.compose("--profile", "rivals", "build", "rivals")
    yield
    stack.up()
    stack.forget_kept()


@pytest.mark.parametrize("module", RIVALS)
def test_a_rival_keeps_pages_or_what_they_are_made_of(module: str, visitor: Visitor) -> None:
    rival = RIVALS[module]
    stack.up(LAB_WEB_IMAGE="cachelab-rivals", LAB_SETTINGS_MODULE=module, LAB_EDGE_PAGES="off")
    stack.forget_kept()
    post, writer = first_post(visitor), member()
    before = stack.redis_hits()
    for _ in range(3):
        assert visitor.get(post).status == 200
    assert (stack.redis_hits() > before) == rival.keeps
    text = f"Beside the point, {uuid4()}"
    assert writer.post(post, f"{post}comment", body=text).status == 302
    assert text in writer.get(post).text, "whoever writes must see it"
    assert (text in visitor.get(post).text) == rival.follows_writes
    assert "Hello, " not in visitor.get(post).text, "a member's page was shared"
