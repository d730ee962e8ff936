"""What the tools tell the live page goes into a folder of the tests' own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import journal


@pytest.fixture(autouse=True, scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal, "FOLDER", tmp_path_factory.mktemp("shared"))
        yield
